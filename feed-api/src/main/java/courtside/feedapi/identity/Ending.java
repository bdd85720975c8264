package courtside.feedapi.identity;

import com.github.benmanes.caffeine.cache.Expiry;
import java.util.function.ToLongFunction;

/** Entries that say themselves when they end. */
final class Ending<K, V> implements Expiry<K, V> {
  private final ToLongFunction<V> endsAt;

  Ending(ToLongFunction<V> endsAt) {
    this.endsAt = endsAt;
  }

  @Override
  public long expireAfterCreate(K key, V value, long now) {
    return endsAt.applyAsLong(value) - now;
  }

  @Override
  public long expireAfterUpdate(K key, V value, long now, long left) {
    return endsAt.applyAsLong(value) - now;
  }

  @Override
  public long expireAfterRead(K key, V value, long now, long left) {
    return left;
  }
}
