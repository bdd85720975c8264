package courtside.inspection;

import courtside.atproto.MalformedDataException;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import courtside.feedapi.identity.DocumentFetcher;
import courtside.feedapi.identity.FetchSettings;
import courtside.feedapi.identity.KeyAnswer;
import courtside.feedapi.identity.KeyFailure;
import courtside.feedapi.identity.Names;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** The key with which an account should have signed, or why none is known. Immutable. */
public sealed interface AccountKey {
  /**
   * A key.
   *
   * @param source who says that it is the account's, as the end of "by …"
   * @param ofNow whether it is the account's now, and may have been another before
   */
  record Known(VerifyingKey key, String source, boolean ofNow) implements AccountKey {}

  /** None. */
  record Unknown(String why) implements AccountKey {}

  /**
   * A key that somebody names.
   *
   * @param didKey {@code did:key:z…}
   * @throws MalformedDataException if it is none
   */
  static AccountKey given(String didKey) throws MalformedDataException {
    return new Known(VerifyingKey.ofDidKey(didKey), "--key", false);
  }

  /**
   * Asks for the account's document: the directory for a {@code did:plc}, and its own host for a
   * {@code did:web}, at a public address and over HTTPS alone. Takes ten seconds at most.
   *
   * @param directory an address that {@link FetchSettings#isDirectory} takes
   */
  static AccountKey resolve(Did did, URI directory) throws InterruptedException {
    FetchSettings settings =
        FetchSettings.DEFAULT.withDirectory(directory).withDeadline(Duration.ofSeconds(10));
    try (DocumentFetcher fetcher = DocumentFetcher.start(settings, Names.system())) {
      return switch (fetcher.fetch(did).get()) {
        case KeyAnswer.Found(VerifyingKey key) ->
            new Known(key, "the document of " + did + " as it is now", true);
        case KeyAnswer.Failed(KeyFailure reason) -> new Unknown(words(reason, did, directory));
      };
    } catch (ExecutionException e) {
      throw new IllegalStateException("the future is never failed", e);
    }
  }

  private static String words(KeyFailure reason, Did did, URI directory) {
    String who = did.value().startsWith("did:plc:") ? directory.toString() : "the host of " + did;
    String failed =
        switch (reason) {
          case UNSUPPORTED_METHOD -> "documents of " + did + " cannot be asked for";
          case FORBIDDEN_ADDRESS -> who + " is at no public address";
          case NOT_FOUND -> who + " knows no document of " + did;
          case REDIRECTED -> who + " sends on to another address, which is not followed";
          case TOO_LARGE -> who + " sends a document that is too large";
          case MALFORMED -> who + " answers with no document of " + did;
          case NO_KEY -> "the document of " + did + " names no key that signs";
          case UNREACHABLE -> who + " cannot be reached";
          case UNEXPECTED_STATUS -> who + " answers with an error";
          case TIMED_OUT -> who + " did not answer in time";
          case BUSY, INTERNAL -> who + " could not be asked";
        };
    return failed + "; --plc names another directory, --key the key itself";
  }
}
