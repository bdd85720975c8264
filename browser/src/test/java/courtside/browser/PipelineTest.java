package courtside.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.options.ColorScheme;
import courtside.pipeline.Pipeline;
import courtside.pipeline.Ports;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.screen.Screen;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.SimulatedNetwork;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Injection;
import courtside.testkit.relay.LiveProgramme;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page at the end of the whole pipeline: a relay that falls silent is seen on it, and that it
 * is read again. Screenshots of it lie in {@code target/screenshots} afterwards.
 */
@Timeout(300)
final class PipelineTest {
  /** Milliseconds. */
  private static final double PATIENCE = 120_000;

  private static final double ACTS_PER_SECOND = 20;
  private static final long SEED = 1;
  private static final Path FEEDS = Path.of(System.getProperty("courtside.root"), "feeds");
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @TempDir Path directory;

  @Test
  void showsThatTheRelayFellSilentAndIsReadAgain() throws Exception {
    try (Browser browser = Browser.start();
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Pipeline pipeline = pipeline(relay);
        Player player = play(frames)) {
      Page page = browser.open(address(pipeline), size(1_280, 900, ColorScheme.LIGHT));
      Locator beat = page.locator("#beat");
      apply(pipeline);

      // then: frames come, and posts
      becomes(beat, "alive");
      page.locator("#feeds button").filter(withText("NBA Now")).click();
      assertThat(page.locator(".item")).hasCount(30, new HasCountOptions().setTimeout(PATIENCE));
      assertThat(page.locator("#feeds button")).hasCount(3);
      assertThat(page.locator("#link")).hasAttribute("data-state", "live");
      look(browser, pipeline, "alive");

      // when: nothing comes on any connection
      Injection silence = relay.inject(new Fault.FallsSilent(true), Cue.everyConnection());
      relay.dropConnections();
      becomes(beat, "silent");
      assertThat(page.locator("#seconds")).hasCSS("color", "rgb(163, 22, 43)");
      assertThat(page.locator(".service").first()).containsText("no frame for");
      look(browser, pipeline, "silent");

      // and when frames come again
      silence.cancel();
      becomes(beat, "alive");
      assertThat(page.locator(".incident .name").filter(withText("stall")).first()).isVisible();
      assertThat(player.failure()).isEmpty();
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static void becomes(Locator beat, String state) {
    assertThat(beat)
        .hasAttribute("data-state", state, new HasAttributeOptions().setTimeout(PATIENCE));
  }

  private static String address(Pipeline pipeline) {
    return "http://127.0.0.1:" + pipeline.feedApi().pagePort() + "/?feed=nba-now";
  }

  private Pipeline pipeline(Relay relay) throws InterruptedException {
    Map<String, String> settings = new HashMap<>();
    settings.put("COURTSIDE_DISK", "1GB");
    settings.put("COURTSIDE_DATA", directory.resolve("data").toString());
    settings.put("COURTSIDE_INGESTOR_RELAY", "simulated=" + relay.uri());
    settings.put("COURTSIDE_INGESTOR_START", "oldest-if-new");
    settings.put("COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "8s");
    settings.put("COURTSIDE_INGESTOR_HEALTH_PORT", "0");
    settings.put("COURTSIDE_PROCESSOR_HEALTH_PORT", "0");
    settings.put("COURTSIDE_PROCESSOR_FEEDS", FEEDS.toString());
    settings.put("COURTSIDE_FEED_API_PORT", "0");
    settings.put("COURTSIDE_FEED_API_HEALTH_PORT", "0");
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return Pipeline.start(Pipeline.read(settings, Ports.any()), new Screen(nowhere, false, 80));
  }

  private static Player play(FrameLog frames) {
    SimulatedNetwork network = new SimulatedNetwork(new Identities(SEED, 0));
    return Player.start(
        List.of(new LiveProgramme(network, ACTS_PER_SECOND, InstantSource.system())),
        frames,
        System::nanoTime);
  }

  /** Two feeds more, which replay what is there. */
  private static void apply(Pipeline pipeline) throws Exception {
    List<DefinitionFile> definitions = new ArrayList<>();
    try (Stream<Path> files = Files.list(FEEDS.resolve("examples"))) {
      for (Path file : files.filter(found -> found.toString().endsWith(".yaml")).toList()) {
        definitions.add(DefinitionFile.read(file));
      }
    }
    Apply.apply(
        new KafkaAddress(pipeline.broker().bootstrap()),
        definitions,
        false,
        Apply.setIds(new Random(SEED)));
  }

  /** Takes pictures at every size and in every light; nothing may be wider than its window. */
  private static void look(Browser browser, Pipeline pipeline, String state) {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      look(browser, pipeline, state, "desktop", size(1_280, 900, scheme));
      look(browser, pipeline, state, "phone", size(390, 844, scheme).setDeviceScaleFactor(2));
    }
  }

  private static void look(
      Browser browser, Pipeline pipeline, String state, String name, NewContextOptions options) {
    Page page = browser.open(address(pipeline), options);
    becomes(page.locator("#beat"), state);
    assertThat(page.locator("#rate-chart canvas")).isVisible();
    assertThat(page.locator(".item").first()).isVisible();
    page.evaluate("document.fonts.ready");
    String light =
        page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
            .toString();
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(SCREENSHOTS.resolve(state + "-" + name + "-" + light + ".png")));
    assertThat((boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .isTrue();
    page.context().close();
  }

  private static NewContextOptions size(int width, int height, ColorScheme scheme) {
    return new NewContextOptions().setViewportSize(width, height).setColorScheme(scheme);
  }

  private static Locator.FilterOptions withText(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }
}
