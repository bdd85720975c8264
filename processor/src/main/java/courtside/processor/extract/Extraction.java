package courtside.processor.extract;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.firehose.AccountMessage;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.record.Post;
import courtside.atproto.syntax.Datetime;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.post.PostEvent.Origin;
import courtside.processor.letter.Letter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;

/**
 * What a frame says about posts. Looks at the paths of a commit's operations first and opens its
 * archive only for posts. What cannot be used is named in a dead letter, and its siblings stand.
 * Pure; thread-safe.
 */
final class Extraction {
  /**
   * Most bytes of records that one frame becomes. A commit's archive holds 2 MB by the protocol;
   * only one that names a record under many keys becomes more.
   */
  static final int MAX_POSTS_BYTES = 4 << 20;

  private final Duration futureAllowed;
  private final PostRecords.Check check;

  /**
   * Makes an extraction.
   *
   * @param futureAllowed how far a revision may lie ahead of the time seen; one further ahead would
   *     win over its own later deletion
   */
  Extraction(Duration futureAllowed) {
    this(futureAllowed, Post::check);
  }

  /**
   * Makes an extraction.
   *
   * @param check of each record, whether it is a post
   */
  Extraction(Duration futureAllowed, PostRecords.Check check) {
    this.futureAllowed = futureAllowed;
    this.check = check;
  }

  /** Extracts one frame. Whatever is in it, this gives what it says and throws nothing of it. */
  Extracted extract(Frame frame) {
    try {
      return read(frame);
    } catch (RuntimeException | StackOverflowError e) {
      // A fault of ours, which is the same at every attempt: the frames behind it must not wait.
      return new Letters(frame).only(Letter.UNEXPECTED, Letter.unexpected(e));
    }
  }

  private Extracted read(Frame frame) {
    Letters letters = new Letters(frame);
    byte[] bytes = frame.value();
    if (bytes == null) {
      return letters.only(Letters.NO_VALUE, "expected a frame, found a record without value");
    }
    FrameHeaders headers;
    try {
      headers = FrameHeaders.read(frame.headers());
    } catch (SerializationException e) {
      return letters.only(Letters.BAD_HEADERS, String.valueOf(e.getMessage()));
    }
    try {
      return switch (FrameKind.of(bytes)) {
        case COMMIT -> commit(frame, headers, CommitMessage.read(bytes), letters);
        case ACCOUNT -> account(frame, headers, AccountMessage.read(bytes));
        // Kept in the log, and nothing that changes feeds.
        case SYNC, IDENTITY, INFO, ERROR, UNKNOWN -> Extracted.NOTHING;
      };
    } catch (MalformedDataException e) {
      return letters.only(e);
    }
  }

  private static Extracted account(Frame frame, FrameHeaders headers, AccountMessage message) {
    PostEvent event =
        new PostEvent.AccountChanged(
            message.did().value(),
            message.active(),
            message.status(),
            origin(frame, headers, message.time()));
    return new Extracted(List.of(event), List.of());
  }

  private Extracted commit(
      Frame frame, FrameHeaders headers, CommitMessage commit, Letters letters) {
    for (CommitMessage.Unreadable operation : commit.unreadable()) {
      if (mayConcernPosts(operation.path())) {
        letters.add(operation.why(), "operation " + operation.index());
      }
    }
    List<RepoOperation> operations =
        commit.operations().stream()
            .filter(operation -> operation.collection().equals(Nsid.POST))
            .toList();
    if (operations.isEmpty()) {
      return new Extracted(List.of(), letters.written());
    }
    Instant revision = commit.rev().time();
    if (revision.isAfter(frame.seen().plus(futureAllowed))) {
      letters.add(
          Letters.FUTURE_REVISION,
          "expected a revision at most "
              + futureAllowed
              + " ahead of the time seen, "
              + frame.seen()
              + ", found "
              + revision);
      return new Extracted(List.of(), letters.written());
    }
    Origin origin = origin(frame, headers, commit.time());
    PostRecords records = new PostRecords(commit, check, MAX_POSTS_BYTES);
    List<PostEvent> posts = new ArrayList<>(operations.size());
    for (RepoOperation operation : operations) {
      try {
        posts.add(event(commit, operation, origin, records));
      } catch (MalformedDataException e) {
        letters.add(e, operation.rkey().value());
      } catch (RuntimeException | StackOverflowError e) {
        letters.add(Letter.UNEXPECTED, operation.rkey().value() + ": " + Letter.unexpected(e));
      }
    }
    return new Extracted(posts, letters.written());
  }

  private static PostEvent event(
      CommitMessage commit, RepoOperation operation, Origin origin, PostRecords records)
      throws MalformedDataException {
    String uri = new RecordUri(commit.repo(), operation.collection(), operation.rkey()).toString();
    String rev = commit.rev().value();
    return switch (operation.action()) {
      case CREATE ->
          new PostEvent.Created(uri, rev, origin, cid(operation), records.take(operation));
      case UPDATE ->
          new PostEvent.Updated(uri, rev, origin, cid(operation), records.take(operation));
      case DELETE -> new PostEvent.Deleted(uri, rev, origin);
      case UNKNOWN ->
          throw new MalformedDataException(
              Kind.UNSUPPORTED, -1, "expected create, update or delete as the action");
    };
  }

  private static String cid(RepoOperation operation) {
    return operation.cid().map(Object::toString).orElse("");
  }

  private static Origin origin(Frame frame, FrameHeaders headers, String claimedTime) {
    Instant frameTime =
        Datetime.momentOf(claimedTime)
            .filter(claimed -> claimed.isBefore(frame.seen()))
            .orElse(frame.seen());
    return new Origin(headers.relay(), headers.epoch(), headers.seq(), frameTime);
  }

  /** Whether an operation that cannot be read may be one of a post: only its path can tell. */
  private static boolean mayConcernPosts(Optional<String> path) {
    return path.isEmpty()
        || path.get().indexOf('/') < 0
        || path.get().startsWith(Nsid.POST.value() + "/");
  }
}
