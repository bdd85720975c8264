package courtside.feedapi.store;

import courtside.atproto.Bytes;
import courtside.eventlog.control.Wish;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The accounts and records that the operator wants to be shown nowhere, from {@code control}. At
 * most {@link Wish.Block#MOST}, of some 150 bytes each where they are of the usual length; more are
 * passed over. Thread-safe; changed by the feeder's thread alone, and in force from then on.
 */
final class Blocks implements WholeTopic.Fold {
  private static final Bytes PRESENT = Bytes.of(new byte[0]);
  private static final int REPO = "at://".length();

  private final Map<String, Bytes> subjects = new ConcurrentHashMap<>();
  private final int most;
  private final Runnable beyond;

  /**
   * Nothing is blocked.
   *
   * @param most how many may be
   * @param beyond told of each that is one too many
   */
  Blocks(int most, Runnable beyond) {
    this.most = most;
    this.beyond = beyond;
  }

  /** How many are blocked. */
  int size() {
    return subjects.size();
  }

  /** Whether a post is to be shown nowhere: it is blocked itself, or its author is. */
  boolean hides(String uri) {
    return hiding(uri).isPresent();
  }

  /** The subject that hides a post: itself, or its author. */
  Optional<String> hiding(String uri) {
    if (subjects.isEmpty()) {
      return Optional.empty();
    }
    if (subjects.containsKey(uri)) {
      return Optional.of(uri);
    }
    int end = uri.indexOf('/', REPO);
    return end > 0
        ? Optional.of(uri.substring(REPO, end)).filter(subjects::containsKey)
        : Optional.empty();
  }

  /** Whether this account or record is blocked. */
  boolean holds(String subject) {
    return subjects.containsKey(subject);
  }

  @Override
  public Optional<String> put(String key, Optional<Bytes> value) {
    if (!key.startsWith(Wish.Block.KEYS)) {
      // Somebody else's wish.
      return Optional.empty();
    }
    String subject = key.substring(Wish.Block.KEYS.length());
    if (value.isEmpty()) {
      return Optional.ofNullable(subjects.remove(subject)).map(_ -> subject);
    }
    if (!(Wish.FORMAT.decode(value.get().toArray()) instanceof Wish.Block block)
        || !block.key().equals(key)) {
      throw new IllegalArgumentException("another wish under the key of a block");
    }
    return add(block.subject()) ? Optional.of(subject) : Optional.empty();
  }

  private boolean add(String subject) {
    if (subjects.size() >= most && !subjects.containsKey(subject)) {
      beyond.run();
      return false;
    }
    return subjects.put(subject, PRESENT) == null;
  }

  @Override
  public void restore(String key, Bytes value) {
    Wish.Block wish = new Wish.Block("restored", Instant.EPOCH, key, Optional.empty());
    if (!wish.subject().equals(key)) {
      throw new IllegalArgumentException("a subject in another form than it is looked up in");
    }
    var _ = add(key);
  }

  @Override
  public Map<String, Bytes> kept() {
    return Collections.unmodifiableMap(subjects);
  }
}
