package courtside.command;

import courtside.publish.LoginServer;
import courtside.publish.Owner;
import courtside.publish.PublishException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whose repository says that a feed is there. */
final class OwnerOption {
  private static final String VARIABLE = "ATPROTO_HANDLE";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee = CommandSpec.create();

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
      description =
          "The server where that account logs in. Default: the one that the account's document"
              + " names, or https://bsky.social where that is not found")
  private @Nullable URI server;

  @Option(
      names = "--resolver",
      paramLabel = "ADDRESS",
      description = "Who is asked whose a handle is. Default: https://public.api.bsky.app")
  private URI resolver = LoginServer.RESOLVER;

  @Option(
      names = "--plc-directory",
      paramLabel = "ADDRESS",
      description =
          "Where did:plc: is looked up. Default: COURTSIDE_FEED_API_PLC_DIRECTORY, or"
              + " https://plc.directory")
  private URI directory =
      URI.create(
          System.getenv()
              .getOrDefault("COURTSIDE_FEED_API_PLC_DIRECTORY", "https://plc.directory"));

  /** Logs in, at the account's own server where that can be found, and says at which. */
  Owner login() throws RefusedException, PublishException, IOException, InterruptedException {
    String identifier = identifier(handle);
    if (identifier.isEmpty()) {
      throw new RefusedException("expected an account, by --handle or " + VARIABLE);
    }
    URI at = server == null ? found(identifier) : server;
    char[] password = AppPassword.read(identifier);
    try {
      return Owner.login(at, identifier, password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  /** As people copy it. */
  private static String identifier(String typed) {
    String stripped = typed.strip();
    return stripped.startsWith("@") ? stripped.substring(1) : stripped;
  }

  /** Before the password is asked for: who does not want it sent there can still end this. */
  private URI found(String identifier) throws InterruptedException {
    LoginServer found = LoginServer.of(identifier, resolver, directory);
    PrintWriter err = mixee.commandLine().getErr();
    found
        .doubt()
        .ifPresent(why ->
            err.println(
                "courtside: the account's server was not found ("
                    + Failure.line(why)
                    + "); --pds names it"));
    err.println("courtside: logging in at " + Failure.line(found.address().toString()));
    return found.address();
  }
}
