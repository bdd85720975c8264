package courtside.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.Bytes;
import courtside.atproto.syntax.Did;
import courtside.processor.definition.DefinitionFile;
import courtside.publish.Card;
import courtside.publish.FeedHost;
import courtside.publish.Owner;
import courtside.publish.PublishException;
import courtside.service.ServiceProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a feed known to the network. */
@Command(
    name = "publish",
    description = {
      "Writes the record by which people find a feed into its owner's repository, or brings the one"
          + " that is there up to date, and then checks from outside that it leads here.",
      "Name and description are the definition's. Nothing of the account is stored."
    },
    mixinStandardHelpOptions = true)
final class PublishCommand implements Callable<Integer> {
  private static final int MOST_PICTURE_BYTES = 1_000_000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private OwnerOption owner = new OwnerOption();

  @Parameters(paramLabel = "FILE", description = "The feed's definition.")
  private Path file = Path.of("");

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Where the feed API is for others. Default: COURTSIDE_FEED_API_HOSTNAME")
  private String host = System.getenv().getOrDefault("COURTSIDE_FEED_API_HOSTNAME", "");

  @Option(
      names = "--service-did",
      paramLabel = "DID",
      description =
          "The feed API's own DID. Default: COURTSIDE_FEED_API_SERVICE_DID, or did:web: and the host")
  private @Nullable String serviceDid = System.getenv("COURTSIDE_FEED_API_SERVICE_DID");

  @Option(
      names = "--avatar",
      paramLabel = "FILE",
      description = "A picture, PNG or JPEG, of at most a megabyte. Default: the one that is there")
  private @Nullable Path avatar;

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    host = FeedHost.hostname(host);
    if (host.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "expected the feed API's host, by --host or COURTSIDE_FEED_API_HOSTNAME");
    }
    DefinitionFile definition = DefinitionFile.read(file);
    Did service = service();
    Optional<Picture> picture = avatar == null ? Optional.empty() : Optional.of(picture(avatar));
    Card card =
        new Card(
            service, definition.displayName(), definition.description().strip(), Optional.empty());
    List<String> problems = card.problems();
    if (!problems.isEmpty()) {
      throw new RefusedException(file + ": " + String.join("; ", problems));
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Owner account = owner.login();
        FeedHost feedApi = new FeedHost(host)) {
      String uri = account.uri(definition.feed());
      Optional<Owner.Held> held = account.held(definition.feed());
      Optional<JsonNode> blob = Optional.empty();
      if (picture.isPresent()) {
        blob = Optional.of(account.upload(picture.get().bytes().toArray(), picture.get().type()));
      }
      ObjectNode record =
          new Card(service, card.name(), card.description(), blob).over(held, Instant.now());
      if (held.filter(found -> found.value().equals(record)).isPresent()) {
        out.println(uri + "  is as it should be");
      } else {
        account.put(definition.feed(), record, held);
        out.println(uri + (held.isPresent() ? "  updated" : "  published"));
      }
      return check(feedApi, account, definition, record, uri);
    }
  }

  /** What others see now: the record as it was written, and a feed API that serves it. */
  private int check(
      FeedHost feedApi, Owner account, DefinitionFile definition, ObjectNode record, String uri)
      throws PublishException, InterruptedException {
    Optional<Owner.Held> written = account.held(definition.feed());
    if (written.filter(found -> found.value().equals(record)).isEmpty()) {
      throw new PublishException(
          "the account's server took the record and does not show it; try again");
    }
    List<String> problems = feedApi.problems(new Did(record.path("did").asText("")), uri);
    if (problems.isEmpty()) {
      spec.commandLine()
          .getOut()
          .println(
              "checked: "
                  + host
                  + " serves it. In the app: https://bsky.app/profile/"
                  + account.did().value()
                  + "/feed/"
                  + definition.feed().value());
      return ServiceProcess.EX_OK;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        String.format(
            Locale.ROOT,
            "courtside: the record is written, and %s:",
            problems.size() == 1 ? "one thing is wrong" : problems.size() + " things are wrong"));
    problems.forEach(problem -> err.println("  " + Failure.line(problem)));
    return ServiceProcess.EX_SOFTWARE;
  }

  private Did service() {
    String text = serviceDid;
    if (text == null || text.isEmpty()) {
      return FeedHost.did(host)
          .orElseThrow(() ->
              new ParameterException(
                  spec.commandLine(),
                  "--host must be a host name, with a port where that is not 443, but is '"
                      + host
                      + "'"));
    }
    if (!Did.isValid(text)) {
      throw new ParameterException(
          spec.commandLine(), "--service-did must be a DID, but is '" + text + "'");
    }
    return new Did(text);
  }

  private record Picture(Bytes bytes, String type) {}

  private static Picture picture(Path file) throws IOException, RefusedException {
    long size = Files.size(file);
    if (size > MOST_PICTURE_BYTES) {
      throw new RefusedException(
          file + " must be at most " + MOST_PICTURE_BYTES + " bytes, and is " + size);
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length > 3 && bytes[0] == (byte) 0x89 && bytes[1] == 'P' && bytes[2] == 'N') {
      return new Picture(Bytes.of(bytes), "image/png");
    }
    if (bytes.length > 3 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xd8) {
      return new Picture(Bytes.of(bytes), "image/jpeg");
    }
    throw new RefusedException(file + " must be a picture, PNG or JPEG, and is neither");
  }
}
