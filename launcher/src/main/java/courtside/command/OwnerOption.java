package courtside.command;

import courtside.publish.Owner;
import courtside.publish.PublishException;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** Whose repository says that a feed is there. */
final class OwnerOption {
  private static final String VARIABLE = "ATPROTO_HANDLE";

  @Option(
      names = "--handle",
      paramLabel = "HANDLE",
      description =
          "The account that owns the feed, by handle or DID. Default: "
              + VARIABLE
              + ". Its app password is taken from "
              + AppPassword.VARIABLE
              + ", or asked for.")
  private String handle = System.getenv().getOrDefault(VARIABLE, "");

  @Option(
      names = "--pds",
      paramLabel = "ADDRESS",
      description = "The server where that account logs in. Default: ${DEFAULT-VALUE}")
  private URI server = URI.create("https://bsky.social");

  /** Logs in. */
  Owner login() throws RefusedException, PublishException, IOException, InterruptedException {
    if (handle.isBlank()) {
      throw new RefusedException("expected an account, by --handle or " + VARIABLE);
    }
    char[] password = AppPassword.read(handle);
    try {
      return Owner.login(server, handle.strip(), password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
