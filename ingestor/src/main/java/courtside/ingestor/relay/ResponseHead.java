package courtside.ingestor.relay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of the answer to the upgrade, as it goes by; bounded. Confined to the reading thread,
 * but for {@link #retryAfter}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-2.1">RFC 9112, section 2.1</a>
 */
final class ResponseHead {
  /** As much as common servers allow for a request's. */
  static final int MAX_BYTES = 16 << 10;

  private static final byte[] END = {'\r', '\n', '\r', '\n'};
  private static final Pattern SWITCHING = Pattern.compile("HTTP/1\\.1 101\\b.*");
  private static final Pattern RETRY_AFTER =
      Pattern.compile(
          "^retry-after:[ \\t]*([^\\r\\n]*)$", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final byte[] head = new byte[MAX_BYTES];
  private int length;
  private int matched;
  private volatile @Nullable String text;

  /**
   * Looks at the next bytes of the stream.
   *
   * @return how many of them belong to the head
   */
  int pass(byte[] bytes, int offset, int count) {
    int at = 0;
    while (at < count && !isComplete() && !isTooLong()) {
      byte next = bytes[offset + at++];
      head[length++] = next;
      matched = next == END[matched] ? matched + 1 : next == END[0] ? 1 : 0;
      if (matched == END.length) {
        text = new String(head, 0, length, StandardCharsets.ISO_8859_1);
      }
    }
    return at;
  }

  /** Whether all of it went by. */
  boolean isComplete() {
    return text != null;
  }

  /** Whether there is more of it than there may be. */
  boolean isTooLong() {
    return text == null && length == MAX_BYTES;
  }

  /** Whether frames follow it. */
  boolean isUpgrade() {
    String all = text;
    return all != null && SWITCHING.matcher(all.substring(0, all.indexOf('\r'))).matches();
  }

  /** How long from now a relay that refused asked to be left alone. Any thread. */
  Optional<Duration> retryAfter(Instant now) {
    String all = text;
    Matcher matcher = RETRY_AFTER.matcher(all == null || isUpgrade() ? "" : all);
    if (!matcher.find()) {
      return Optional.empty();
    }
    String value = matcher.group(1).strip();
    if (SECONDS.matcher(value).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    try {
      Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Duration.between(now, until)).filter(Duration::isPositive);
    } catch (DateTimeParseException e) {
      // Neither seconds nor a date: the usual wait is what is left.
      return Optional.empty();
    }
  }
}
