package courtside.eventlog.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import courtside.eventlog.format.Format;
import java.time.Instant;

/**
 * What should be, as somebody asked for it. The newest under a key holds, over every restart; whom
 * it concerns answers with its id in {@code service.status}. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "wish")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Wish.Ingesting.class, name = "ingesting"),
  @JsonSubTypes.Type(value = Wish.Rewind.class, name = "rewind"),
  @JsonSubTypes.Type(value = Wish.Acknowledged.class, name = "acknowledged"),
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
}
