package courtside.feedapi.interaction;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.eventlog.feed.Interaction;
import courtside.feedapi.viewer.Asker;
import courtside.feedapi.viewer.Viewers;
import courtside.feedapi.xrpc.Call;
import courtside.feedapi.xrpc.XrpcException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * {@code app.bsky.feed.sendInteractions}: what a viewer did with a feed's items goes to {@code
 * feed.interactions}, and is answered once it is there. Thread-safe.
 */
public final class SendInteractions {
  /** Its name, for which a token must have been made. */
  public static final Nsid METHOD = new Nsid("app.bsky.feed.sendInteractions");

  private static final byte[] DONE = "{}".getBytes(StandardCharsets.UTF_8);

  private final Viewers viewers;
  private final Predicate<String> isOwn;
  private final ViewerBudget budget;
  private final InteractionWriter writer;

  /**
   * Writes what these report.
   *
   * @param isOwn whether an address is of one of this generator's feeds
   */
  public SendInteractions(
      Viewers viewers, Predicate<String> isOwn, ViewerBudget budget, InteractionWriter writer) {
    this.viewers = viewers;
    this.isOwn = isOwn;
    this.budget = budget;
    this.writer = writer;
  }

  /** Answers one call. */
  public byte[] answer(Call call) {
    Did viewer = viewer(call);
    List<Interaction> interactions = interactions(call.json());
    Optional<Duration> wait = budget.take(viewer, interactions.size());
    if (wait.isPresent()) {
      throw XrpcException.tooMany("the account has reported more than it may", wait.get());
    }
    try {
      writer.write(viewer, interactions);
    } catch (UnwrittenException e) {
      // Whoever is asked to come again must be able to, though some of them may be written.
      budget.giveBack(viewer, interactions.size());
      throw XrpcException.notYet("interactions cannot be taken just now");
    }
    return DONE;
  }

  private Did viewer(Call call) {
    return switch (viewers.identify(call.authorization(), METHOD, call.client())) {
      case Asker.Viewer(Did did) -> did;
      case Asker.Anonymous _ ->
          throw XrpcException.unauthorized(
              "AuthenticationRequired", "expected a service token, found none");
      case Asker.Refused(String error, String message) ->
          throw XrpcException.unauthorized(error, message);
      case Asker.Unknown(String message) -> throw XrpcException.upstream(message);
    };
  }

  private List<Interaction> interactions(byte[] body) {
    try {
      List<Interaction> interactions = InteractionsBody.read(body);
      // Written with each of them, so a stranger's could be as long as a body.
      if (interactions.stream().flatMap(i -> i.feed().stream()).anyMatch(isOwn.negate())) {
        throw XrpcException.invalidRequest("expected a feed of this generator, found another's");
      }
      return interactions;
    } catch (MalformedDataException e) {
      throw XrpcException.invalidRequest(String.valueOf(e.getMessage()));
    }
  }
}
