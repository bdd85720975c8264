package courtside.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The system's Chromium, without a screen. Confined to one thread, as Playwright is. */
final class Browser implements AutoCloseable {
  private static final List<String> USUAL =
      List.of("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;
  private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());

  private Browser(Path chromium) {
    playwright =
        Playwright.create(
            new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    this.chromium =
        playwright
            .chromium()
            .launch(
                new LaunchOptions()
                    .setExecutablePath(chromium)
                    .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
  }

  /** Starts it; the test is skipped where there is none, but not where CI promises one. */
  static Browser start() {
    Optional<Path> chromium =
        Optional.ofNullable(System.getenv("CHROMIUM")).map(Path::of).or(Browser::find);
    if (System.getenv("CI") != null) {
      assertThat(chromium).as("a browser, which CI installs").isPresent();
    }
    assumeTrue(
        chromium.isPresent(),
        "skipped: needs Chromium, as Debian's package chromium, or CHROMIUM=path");
    return new Browser(chromium.orElseThrow());
  }

  private static Optional<Path> find() {
    return USUAL.stream().map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /** A window of that size. */
  Page open(String address, NewContextOptions options) {
    BrowserContext context = chromium.newContext(options);
    context.setDefaultTimeout(20_000);
    Page page = context.newPage();
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.text().contains("Content Security Policy")) {
        complaints.add(message.text());
      }
    });
    page.navigate(address);
    return page;
  }

  /** What pages have complained about since last asked: errors of scripts, and of the policy. */
  List<String> complaints() {
    synchronized (complaints) {
      List<String> found = List.copyOf(complaints);
      complaints.clear();
      return found;
    }
  }

  @Override
  public void close() {
    playwright.close();
  }
}
