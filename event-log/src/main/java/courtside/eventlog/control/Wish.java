package courtside.eventlog.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.Optional;

/**
 * What should be, as somebody asked for it. The newest under a key holds, over every restart, until
 * a tombstone withdraws it; whom it concerns answers with its id in {@code service.status}.
 * Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "wish")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Wish.Ingesting.class, name = "ingesting"),
  @JsonSubTypes.Type(value = Wish.Rewind.class, name = "rewind"),
  @JsonSubTypes.Type(value = Wish.Acknowledged.class, name = "acknowledged"),
  @JsonSubTypes.Type(value = Wish.Promote.class, name = "promote"),
  @JsonSubTypes.Type(value = Wish.Rollback.class, name = "rollback"),
  @JsonSubTypes.Type(value = Wish.DeleteFeed.class, name = "deleteFeed"),
  @JsonSubTypes.Type(value = Wish.Block.class, name = "block"),
})
public sealed interface Wish {
  /** The record's bytes. */
  Format<Wish> FORMAT = Format.of(Wish.class);

  /** Names this request; no two have the same. */
  String id();

  /** When it was asked for. */
  Instant at();

  /** The record's key: the service, and what of it. A later wish for the same replaces this one. */
  String key();

  /**
   * Whether the firehose is read.
   *
   * @param paused true stops reading until a later wish says otherwise
   */
  record Ingesting(String id, Instant at, boolean paused) implements Wish {
    /** The one key of such wishes. */
    public static final String KEY = "ingestor/ingesting";

    @Override
    public String key() {
      return KEY;
    }
  }

  /**
   * Read a relay again from an earlier number, once. What is read again is in the log twice, in two
   * epochs; feeds do not change by it.
   *
   * @param relay the relay's name
   * @param cursor what follows this number is read, 0 for everything that the relay has
   */
  record Rewind(String id, Instant at, String relay, long cursor) implements Wish {
    /** The one key of such wishes. */
    public static final String KEY = "ingestor/rewind";

    @Override
    public String key() {
      return KEY;
    }
  }

  /**
   * Somebody knows of the incidents so far.
   *
   * @param before offset in {@code firehose.incidents} of the first that nobody has acknowledged
   */
  record Acknowledged(String id, Instant at, long before) implements Wish {
    /** The one key of such wishes. */
    public static final String KEY = "incidents/acknowledged";

    @Override
    public String key() {
      return KEY;
    }
  }

  /**
   * What is to become of a feed. The newest of a feed holds until the steward has dealt with it,
   * which it does once: the feed's state says so.
   */
  sealed interface OfFeed extends Wish {
    /** The feed's name. */
    String feed();

    @Override
    default String key() {
      return "feeds/" + feed();
    }
  }

  /**
   * Serve a candidate once it has caught up, though it is held. It names the version, so that it
   * never serves one that came after it was asked for.
   *
   * @param version the candidate's version
   */
  record Promote(String id, Instant at, String feed, String version) implements OfFeed {
    /** Takes a feed's name alone: the key is made of it. */
    public Promote {
      feed = new RecordKey(feed).value();
    }
  }

  /**
   * Serve what was served before. It names the version, so that it never goes back to another.
   *
   * @param version the version to serve again
   */
  record Rollback(String id, Instant at, String feed, String version) implements OfFeed {
    /** Takes a feed's name alone: the key is made of it. */
    public Rollback {
      feed = new RecordKey(feed).value();
    }
  }

  /** Take a feed away, whatever its versions. */
  record DeleteFeed(String id, Instant at, String feed) implements OfFeed {
    /** Takes a feed's name alone: the key is made of it. */
    public DeleteFeed {
      feed = new RecordKey(feed).value();
    }
  }

  /**
   * Show nothing of an account, or not this record, in any feed. Holds until a tombstone withdraws
   * it, so that the topic has no more of them than are in force. Nobody answers: every replica of
   * the feed API says how far it has read the topic.
   *
   * @param subject the account's DID, or the record's address by DID
   * @param reason for whoever looks at the list; one line, 500 characters at most
   */
  record Block(String id, Instant at, String subject, Optional<String> reason) implements Wish {
    /**
     * How many may be in force at once. Every service reads this topic whole when it starts: so
     * many take some 40 MB of the log, and of a feed API's memory.
     */
    public static final int MOST = 250_000;

    /** What the keys of such wishes begin with; the subject follows. */
    public static final String KEYS = "blocks/";

    private static final int MOST_REASON = 500;

    /**
     * Takes a subject in its only form: the key is made of it.
     *
     * @throws IllegalArgumentException if it is neither a DID nor the address of a record by DID,
     *     or the reason is not one line or too long
     */
    public Block {
      subject = normal(subject);
      if (reason.isPresent() && !isReason(reason.get())) {
        throw new IllegalArgumentException(
            "expected a reason in one line of " + MOST_REASON + " characters at most");
      }
    }

    /** The key under which a subject is blocked. */
    public static String key(String subject) {
      return KEYS + subject;
    }

    /** Whether the text can be the reason of one. */
    public static boolean isReason(String text) {
      return text.length() <= MOST_REASON && text.chars().noneMatch(Character::isISOControl);
    }

    private static String normal(String subject) {
      if (Did.isValid(subject)) {
        return subject;
      }
      try {
        return RecordUri.parse(subject).toString();
      } catch (MalformedDataException e) {
        throw new IllegalArgumentException("neither a DID nor the address of a record by DID", e);
      }
    }

    @Override
    public String key() {
      return key(subject);
    }
  }
}
