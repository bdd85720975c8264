package courtside.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static courtside.testkit.feeds.FeedLog.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.Incident;
import courtside.testkit.feeds.FeedLog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page in a real browser, beside a real feed API and a real log. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
final class PageTest {
  private static final int PHONE = 360;

  /** What is shown is dated around it. */
  private final Instant now = Instant.now();

  private Browser browser;
  private RunningFeedApi api;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    browser = Browser.start();
    api = RunningFeedApi.start(directory);
  }

  @AfterAll
  void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (api != null) {
      api.close();
    }
  }

  private Page page;

  @BeforeEach
  void open() {
    page = browser.open(api.page(), new NewContextOptions().setViewportSize(1_280, 900));
  }

  @AfterEach
  void complainsOfNothing() {
    page.context().close();
    // That a connection broke, or was not had yet, the browser says by itself.
    assertThat(browser.complaints())
        .allMatch(said -> said.contains("net::ERR_") || said.contains("status of 503"));
  }

  @Test
  void showsPostsAsTheyComeAndGo() {
    FeedVersion feed = api.log().serve("live", "v1");
    api.log().put(feed, uri(1), item(1, "the first"));
    watch("live");
    assertThat(posts()).hasText(new String[] {"the first"});

    api.log().put(feed, uri(2), item(2, "the second"));
    api.log().put(feed, uri(3), item(0, "an older one"));
    assertThat(posts()).hasText(new String[] {"the second", "the first", "an older one"});
    page.locator(".item .when").nth(1).focus();
    api.log().put(feed, uri(1), item(1, "the first, edited"));
    assertThat(posts()).hasText(new String[] {"the second", "the first, edited", "an older one"});
    assertThat(page.locator(".item .when").nth(1)).isFocused();
    api.log().remove(feed, uri(2));
    assertThat(posts()).hasText(new String[] {"the first, edited", "an older one"});

    api.log().block(uri(1));
    assertThat(posts()).hasText(new String[] {"an older one"});
    api.log().unblock(uri(1));
    assertThat(posts()).hasText(new String[] {"the first, edited", "an older one"});
  }

  @Test
  void leadsToTheAppAndShowsWhoWroteByDidAlone() {
    FeedVersion feed = api.log().serve("shown", "v1");
    FeedItem item =
        new FeedItem(
            now,
            now.plusSeconds(600),
            "did:plc:author1",
            "cid",
            "مرحبا بكم",
            List.of("ar"),
            List.of("https://news.example/story?id=1", "javascript:alert(1)", "nonsense"),
            List.of("a hoop", ""),
            List.of());
    api.log().put(feed, uri(1), item);
    watch("shown");

    Locator post = page.locator(".item");
    assertThat(post.locator(".text")).hasAttribute("lang", "ar");
    assertThat(post.locator(".text")).hasCSS("direction", "rtl");
    assertThat(post.locator(".author")).hasText("did:plc:author1");
    assertThat(post.locator(".author"))
        .hasAttribute("href", "https://bsky.app/profile/did:plc:author1");
    assertThat(post.locator(".when"))
        .hasAttribute("href", "https://bsky.app/profile/did:plc:author1/post/post000001");
    assertThat(post.locator(".alts li"))
        .hasText(new String[] {"a hoop", "an image that its author has not described"});
    assertThat(post.locator(".links a")).hasText(new String[] {"news.example/story?id=1"});
    for (Locator link : post.locator("a").all()) {
      assertThat(link).hasAttribute("rel", "noopener noreferrer nofollow ugc");
    }
  }

  @Test
  void turnsNothingOfWhatStrangersWriteIntoMarkup() {
    FeedVersion feed = api.log().serve("hostile", "v1");
    String hostile =
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
            + "</p></li>&lt;b&gt; \u202Eevil\u0000\u0007 ${1} {{1}}";
    api.log()
        .put(
            feed,
            uri(1),
            new FeedItem(
                now,
                now.plusSeconds(600),
                "did:plc:author1",
                "cid",
                hostile,
                List.of("\"><script>"),
                List.of(
                    "https://x.example/\"><script>alert(1)</script>", "data:text/html,<script>"),
                List.of("<script>alert(1)</script>"),
                List.of("<b>label</b>")));
    api.log().put(feed, uri(2), item(-1, "W".repeat(3_000)));
    api.log()
        .incident(
            new Incident(
                Incident.Kind.RELAY_ERROR,
                "<script>",
                now,
                OptionalLong.empty(),
                OptionalLong.empty(),
                "<img src=x onerror=alert(1)>",
                "<b>done</b>"));
    watch("hostile");

    assertThat(posts()).hasCount(2);
    // Not by the assertion on texts, which overlooks some of these characters.
    assertThat(posts().first().textContent()).isEqualTo(hostile);
    assertThat(page.locator("#items :is(img, script, b:not(.links b))")).hasCount(0);
    assertThat(page.locator("#incidents :is(img, script, b)")).hasCount(0);
    assertThat(page.locator("#incidents")).containsText("<img src=x onerror=alert(1)>");
    assertThat(page.locator(".links a")).hasCount(1);
    assertThat(posts().first()).not().hasAttribute("lang", "\"><script>");
    assertThat(page.title()).doesNotContain("owned");
    assertNothingIsWiderThanTheWindow();
  }

  @Test
  void hidesWhatItsAuthorHasLabelledUntilAskedTo() {
    FeedVersion feed = api.log().serve("labelled", "v1");
    api.log().put(feed, uri(1), labelled(1));
    watch("labelled");

    Locator held = page.locator(".held");
    assertThat(held).hasCSS("filter", Pattern.compile("blur.*"));
    assertThat(held).hasJSProperty("inert", true);
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show what is labelled"))
        .press("Enter");
    assertThat(held).hasCSS("filter", "none");
    assertThat(held).hasJSProperty("inert", false);
    assertThat(held).isFocused();

    // What was asked for once stays, whatever changes around it.
    api.log().put(feed, uri(2), item(1, "another"));
    assertThat(posts()).hasCount(2);
    assertThat(page.locator(".veiled")).hasCount(0);
  }

  @Test
  void showsAStallInRedAndThatItIsOver() {
    Locator beat = page.locator("#beat");
    api.beat(0.2, 20);
    assertThat(beat).hasAttribute("data-state", "alive");
    assertThat(page.locator("#word")).hasText("alive");

    api.beat(15.5, 20);
    assertThat(beat).hasAttribute("data-state", "stalling");
    assertThat(page.locator("#word")).hasText("may be stalling");

    // Nothing more is said: it is counted on, past the limit.
    api.beat(18.5, 20);
    assertThat(beat).hasAttribute("data-state", "silent");
    assertThat(page.locator("#seconds")).hasCSS("color", "rgb(163, 22, 43)");
    assertThat(page).hasTitle(Pattern.compile("silent · .*"));

    api.beat(0.1, 20);
    assertThat(beat).hasAttribute("data-state", "alive");
    assertThat(page).not().hasTitle(Pattern.compile("silent.*"));
  }

  @Test
  void saysThatNobodyReadsHoweverLongAgoItWas() {
    api.beat(0.1, 20, Instant.now().minusSeconds(300));
    api.restart();
    page.reload();

    assertThat(page.locator("#beat")).hasAttribute("data-state", "silent");
    assertThat(page.locator("#unit")).hasText("min");
    api.say("ingestor", "paused", Map.of());
    assertThat(page.locator("#word")).hasText("paused");
    api.beat(0.1, 20);
    assertThat(page.locator("#beat")).hasAttribute("data-state", "alive");
  }

  @Test
  void goesOnByItselfWhereTheConnectionBreaks() throws Exception {
    api.beat(0.2, 20);
    FeedVersion feed = api.log().serve("resumed", "v1");
    api.log().put(feed, uri(1), item(1, "before"));
    watch("resumed");
    assertThat(posts()).hasText(new String[] {"before"});

    page.context().setOffline(true);
    api.restart();
    assertThat(page.locator("#link")).hasAttribute("data-state", "lost");
    assertThat(page.locator("#beat")).hasAttribute("data-state", "unknown");
    api.log().put(feed, uri(2), item(2, "meanwhile"));
    page.context().setOffline(false);

    assertThat(posts()).hasText(new String[] {"meanwhile", "before"});
    assertThat(page.locator("#link")).hasAttribute("data-state", "live");
  }

  @Test
  void turnsToAnotherFeedWhereTheOneThatWasChosenIsNoMore() {
    FeedVersion feed = api.log().serve("deleted", "v1");
    api.log().put(feed, uri(1), item(1, "soon gone"));
    watch("deleted");
    assertThat(posts()).hasText(new String[] {"soon gone"});
    assertThat(page.locator("#feed-title")).hasText("deleted");

    api.log().delete("deleted");
    api.log().flush();

    assertThat(page.locator("#feed-title")).not().hasText("deleted");
    assertThat(page.locator("#feeds button").filter(withText("deleted"))).hasCount(0);
    assertThat(page.getByText("soon gone")).hasCount(0);
    assertThat(page.url()).doesNotContain("deleted");
  }

  @Test
  void showsAReplayAndThatItIsDone() {
    FeedVersion next = FeedVersion.of("replaying", "v2");
    api.log().serve("replaying", "v1");
    api.log().put("replaying", FeedLog.candidate("v1", "v2"));
    watch("replaying");
    Locator row = page.locator("#feeds li").filter(withText("replaying"));
    Locator bar = row.getByRole(AriaRole.PROGRESSBAR);

    api.log().say(next.statusKey(0), FeedLog.status(Instant.now(), 25, 100));
    assertThat(bar).hasJSProperty("value", 25);
    assertThat(row)
        .containsText("a new version replays history: 25 %, 5 events a second, 15 s left");
    api.log().say(next.statusKey(0), FeedLog.status(Instant.now(), 75, 100));
    assertThat(bar).hasJSProperty("value", 75);

    api.log().put("replaying", FeedLog.state(Optional.of("v2"), Optional.of("v1"), List.of()));
    api.log().say(next.statusKey(0), FeedLog.status(Instant.now(), 100, 100));
    assertThat(bar).hasCount(0);
  }

  private static Locator.FilterOptions withText(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  @Test
  void saysWhatWentWrongAndWhereItStands() {
    api.log()
        .incident(
            new Incident(
                Incident.Kind.GAP,
                "relay",
                Instant.now().minusSeconds(120),
                OptionalLong.of(1),
                OptionalLong.of(2),
                "frames are missing",
                "went on from 2"));
    api.say("ingestor", "standby", Map.of());
    api.say("processor", "processing", Map.of("extract_tasks", 12.0, "frames_lag_seconds", 90.0));

    Locator gap = page.locator(".incident").filter(withText("frames are missing"));
    assertThat(gap).containsText("went on from 2");
    assertThat(gap.locator("time")).hasText("2 min");
    assertThat(gap.locator(".name span")).hasCSS("color", "rgb(163, 22, 43)");
    Locator stage = page.locator(".service").filter(withText("processor"));
    assertThat(stage).containsText("processing");
    assertThat(stage).containsText("extract: 12 tasks, 2 min behind");
    // Opened, it stays open and keeps the focus, though a status comes each second.
    stage.locator("summary").press("Enter");
    api.say("processor", "restoring", Map.of("extract_tasks", 11.0, "frames_lag_seconds", 90.0));
    assertThat(stage).containsText("restoring");
    assertThat(stage.locator("details")).hasAttribute("open", "");
    assertThat(stage.locator("summary")).isFocused();
    assertThat(stage.locator("tr").first()).containsText("11");
  }

  @Test
  void drawsWhatWasBeforeItWasOpened() {
    Instant opened = Instant.now();
    IntStream.range(0, 120).forEach(second -> api.beat(0.1, 20, opened.minusSeconds(119 - second)));
    // Of what was said before it was there, the feed API has the writer's word alone.
    api.restart();
    page.reload();

    assertThat(page.locator("#rate-words")).containsText(Pattern.compile("in the last [2-9] min"));
    assertThat(page.locator("#rate-chart canvas")).hasCount(1);
    assertThat(page.locator("#lag-chart canvas")).hasCount(1);
  }

  @Test
  void showsAThousandPostsToWhoAsksForThem() {
    FeedVersion feed = api.log().serve("long", "v1");
    IntStream.range(0, 1_100).forEach(n -> api.log().put(feed, uri(n), item(n, "post " + n)));
    api.log().flush();
    page.setViewportSize(PHONE, 740);
    watch("long");
    for (int length : List.of(30, 100, 300)) {
      assertThat(posts()).hasCount(length);
      page.locator("#more").press("Enter");
    }
    assertThat(posts()).hasCount(1_000);
    // The button had the focus, and is no more.
    assertThat(page.locator("#feed")).isFocused();
    assertThat(page.locator("#more")).isHidden();
    assertThat(posts().first()).hasText("post 1099");
    assertThat(posts().last()).hasText("post 100");

    // They live, too.
    api.log().remove(feed, uri(500));
    api.log().put(feed, uri(2_000), item(2_000, "the newest"));
    assertThat(page.getByText("post 500", new Page.GetByTextOptions().setExact(true))).hasCount(0);
    assertThat(posts().first()).hasText("the newest");
    assertThat(posts()).hasCount(1_000);
    assertNothingIsWiderThanTheWindow();
  }

  @Test
  void worksWithTheKeyboardAlone() {
    FeedVersion one = api.log().serve("keys-a", "v1");
    FeedVersion other = api.log().serve("keys-b", "v1");
    api.log().put(one, uri(1), item(1, "of the one"));
    api.log().put(other, uri(1), item(1, "of the other"));
    Locator button = page.locator("#feeds button").filter(withText("keys-b"));
    assertThat(button).isVisible();
    page.keyboard().press("Tab");
    assertThat(page.locator(".skip")).isFocused();
    while (!(boolean) button.evaluate("element => element === document.activeElement")) {
      page.keyboard().press("Tab");
    }
    page.keyboard().press("Enter");

    assertThat(posts()).hasText(new String[] {"of the other"});
    assertThat(button).hasAttribute("aria-current", "true");
    assertThat(button).isFocused();
    assertThat(page.url()).endsWith("?feed=keys-b");
    page.reload();
    assertThat(posts()).hasText(new String[] {"of the other"});
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void canBeReadInEveryLightAndOnAPhone(ColorScheme scheme) {
    FeedVersion feed = api.log().serve("phone-" + scheme.name().toLowerCase(Locale.ROOT), "v1");
    api.log().put(feed, uri(1), item(1, "x".repeat(400)));
    Page phone =
        browser.open(
            api.page() + "?feed=" + feed.feed().value(),
            new NewContextOptions()
                .setViewportSize(PHONE, 740)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE));
    assertThat(phone.locator(".item .text")).hasCount(1);
    api.log().put(feed, uri(2), labelled(2));
    assertThat(phone.locator(".veil")).isVisible();
    // Nothing moves here, though it is marked as what does elsewhere.
    assertThat(phone.locator(".item.arriving")).hasCSS("animation-name", "none");

    Map<String, Double> silences =
        Map.of("alive", 0.1, "quiet", 7.0, "stalling", 16.0, "silent", 25.0);
    silences.forEach((state, silence) -> {
      api.beat(silence, 20);
      assertThat(phone.locator("#beat")).hasAttribute("data-state", state);
      assertThat((List<?>) phone.evaluate(Contrast.SCRIPT)).as(state).isEmpty();
    });
    assertThat(
            (boolean)
                phone.evaluate(
                    "scrollX === 0 && document.documentElement.scrollWidth <= innerWidth"))
        .isTrue();
    assertThat((boolean) phone.evaluate("document.getAnimations().length === 0")).isTrue();
    phone.context().close();
  }

  private void assertNothingIsWiderThanTheWindow() {
    assertThat((boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .isTrue();
  }

  private void watch(String feed) {
    api.log().flush();
    page.locator("#feeds button").filter(withText(feed)).click();
  }

  private Locator posts() {
    return page.locator(".item:not(.leaving) .text");
  }

  private FeedItem labelled(long second) {
    return new FeedItem(
        now.plusSeconds(second),
        now.plusSeconds(86_400),
        "did:plc:author1",
        "cid",
        "something",
        List.of("en"),
        List.of("https://x.example/"),
        List.of(),
        List.of("graphic-media"));
  }

  private FeedItem item(long second, String text) {
    return new FeedItem(
        now.plusSeconds(second),
        now.plusSeconds(86_400),
        "did:plc:author",
        "cid",
        text,
        List.of("en"),
        List.of(),
        List.of(),
        List.of());
  }
}
