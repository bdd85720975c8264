package courtside.feedapi.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing keys of accounts, as far as they are known, and asked for where they are not. However
 * many want the key of one DID, it is asked for once at a time. A key that has become old is served
 * while it is asked for anew, and for a day where nobody answers; one that was withdrawn is not.
 * Only keys are kept, not documents; and DIDs without a key apart from those with one, so that a
 * flood of the former pushes out none of the latter. Thread-safe.
 */
public final class SigningKeys {
  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

  /** A key that was had no longer ago than this is not asked for because of a signature. */
  private static final Duration NEW = Duration.ofSeconds(5);

  /** By how much times are shortened at most. */
  private static final double JITTER = 0.1;

  private final KeySource source;
  private final KeySettings settings;
  private final LongSupplier nanoTime;
  private final KeyMetrics metrics;
  private final Allowance unknowns;
  private final Allowance refreshes;
  private final Cache<Did, KnownKey> known;
  private final Cache<Did, Missing> missing;

  /**
   * What is being asked for. Whoever puts in an entry has to {@link #land} it, and until then
   * nobody else changes what is kept of that DID.
   */
  private final ConcurrentMap<Did, CompletableFuture<KeyAnswer>> flights =
      new ConcurrentHashMap<>();

  // Guarded by itself.
  private final RandomGenerator random;

  /** A DID without a key. */
  private record Missing(KeyFailure reason, long endsAt) {}

  /**
   * Keys from this source.
   *
   * @param nanoTime for all times, as {@link System#nanoTime}
   */
  public SigningKeys(
      KeySource source,
      KeySettings settings,
      LongSupplier nanoTime,
      RandomGenerator random,
      MeterRegistry registry) {
    this.source = source;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.random = random;
    this.metrics = new KeyMetrics(registry);
    this.unknowns = new Allowance(settings.perSecond(), nanoTime);
    this.refreshes = new Allowance(settings.perSecond(), nanoTime);
    this.known = cache(settings.known(), new Ending<>(KnownKey::endsAt), nanoTime);
    this.missing = cache(settings.missing(), new Ending<>(Missing::endsAt), nanoTime);
    Gauge.builder("courtside.feed.api.keys", known, Cache::estimatedSize)
        .description("signing keys that are kept")
        .register(registry);
    Gauge.builder("courtside.feed.api.keys.missing", missing, Cache::estimatedSize)
        .description("DIDs of which it is kept that they have no key")
        .register(registry);
  }

  private static <V> Cache<Did, V> cache(int size, Ending<Did, V> ending, LongSupplier nanoTime) {
    return Caffeine.newBuilder()
        .maximumSize(size)
        .expireAfter(ending)
        .ticker(nanoTime::getAsLong)
        .executor(Runnable::run)
        .build();
  }

  /**
   * The key of a DID. Waits if it is not known, no longer than one request may.
   *
   * @param asker who wants it, as clients are told apart: nobody who asks for many takes from the
   *     others what they may ask for
   */
  public KeyAnswer find(Did did, String asker) {
    return metrics.answered(answer(did, asker));
  }

  private KeyAnswer answer(Did did, String asker) {
    Optional<KeyFailure> refused = source.refuses(did);
    if (refused.isPresent()) {
      return new KeyAnswer.Failed(refused.get());
    }
    return kept(did, asker)
        .orElseGet(() -> await(fly(did, asker, unknowns, () -> kept(did, asker))));
  }

  /**
   * The key of a DID of which another did not verify a signature: the account may have a new one.
   * Asks for it, and waits, but once in a while only: nobody can make this ask again and again by
   * sending signatures that are wrong.
   *
   * @param asker who sent the signature, as in {@link #find}
   * @return a key other than that one, if there is any
   */
  public Optional<VerifyingKey> otherThan(Did did, VerifyingKey tried, String asker) {
    KeyAnswer answer = newest(did, tried, asker);
    return answer instanceof KeyAnswer.Found(VerifyingKey key) && !key.equals(tried)
        ? Optional.of(key)
        : Optional.empty();
  }

  private KeyAnswer newest(Did did, VerifyingKey tried, String asker) {
    CompletableFuture<KeyAnswer> flying = flights.get(did);
    if (flying != null) {
      return await(flying);
    }
    KnownKey current = known.getIfPresent(did);
    if (current == null) {
      return answer(did, asker);
    }
    if (!isForceable(current, tried)) {
      return new KeyAnswer.Found(current.key());
    }
    return await(fly(did, asker, refreshes, () -> force(did, tried)));
  }

  private boolean isForceable(KnownKey current, VerifyingKey tried) {
    return current.key().equals(tried) && nanoTime.getAsLong() - current.forceableAt() >= 0;
  }

  /** Empty if it is now to be asked for; called by whoever has the flight. */
  private Optional<KeyAnswer> force(Did did, VerifyingKey tried) {
    KnownKey current = known.getIfPresent(did);
    if (current == null) {
      return Optional.empty();
    }
    if (!isForceable(current, tried)) {
      return Optional.of(new KeyAnswer.Found(current.key()));
    }
    known.put(did, current.forceableAt(nanoTime.getAsLong() + settings.forced().toNanos()));
    metrics.forced();
    return Optional.empty();
  }

  private Optional<KeyAnswer> kept(Did did, String asker) {
    KnownKey current = known.getIfPresent(did);
    if (current != null) {
      if (isOld(current)) {
        var _ = fly(did, asker, refreshes, () -> renewed(did));
      }
      return Optional.of(new KeyAnswer.Found(current.key()));
    }
    return Optional.ofNullable(missing.getIfPresent(did))
        .map(entry -> new KeyAnswer.Failed(entry.reason()));
  }

  private boolean isOld(KnownKey current) {
    return nanoTime.getAsLong() - current.refreshAt() >= 0;
  }

  /** What another has made of it meanwhile. */
  private Optional<KeyAnswer> renewed(Did did) {
    return Optional.ofNullable(known.getIfPresent(did))
        .filter(current -> !isOld(current))
        .map(current -> new KeyAnswer.Found(current.key()));
  }

  /**
   * The flight that is under way, or a new one.
   *
   * @param since what came in between the look at what is kept and this
   */
  private CompletableFuture<KeyAnswer> fly(
      Did did, String asker, Allowance allowance, Supplier<Optional<KeyAnswer>> since) {
    CompletableFuture<KeyAnswer> flight = new CompletableFuture<>();
    CompletableFuture<KeyAnswer> other = flights.putIfAbsent(did, flight);
    if (other != null) {
      return other;
    }
    Optional<KeyAnswer> kept = since.get();
    if (kept.isEmpty() && allowance.take(asker)) {
      fetch(did, flight);
    } else {
      // Nothing is kept of it: what one may not ask, the next may.
      flights.remove(did, flight);
      flight.complete(kept.orElse(new KeyAnswer.Failed(KeyFailure.BUSY)));
    }
    return flight;
  }

  private void fetch(Did did, CompletableFuture<KeyAnswer> flight) {
    long from = nanoTime.getAsLong();
    CompletableFuture<KeyAnswer> fetched;
    try {
      fetched = source.fetch(did);
    } catch (RuntimeException e) {
      fetched = CompletableFuture.failedFuture(e);
    }
    var _ =
        fetched
            .exceptionally(fault -> {
              LOG.atError().setCause(fault).addKeyValue("did", did).log("key not fetched");
              return new KeyAnswer.Failed(KeyFailure.INTERNAL);
            })
            .thenAccept(answer -> {
              metrics.fetched(answer, Duration.ofNanos(nanoTime.getAsLong() - from));
              land(did, flight, answer);
            });
  }

  /** Keeps what came of it first, so that nobody finds neither a flight nor what it brought. */
  private void land(Did did, CompletableFuture<KeyAnswer> flight, KeyAnswer answer) {
    try {
      keep(did, answer);
    } finally {
      flights.remove(did, flight);
      flight.complete(answer);
    }
  }

  private void keep(Did did, KeyAnswer answer) {
    long now = nanoTime.getAsLong();
    KnownKey before = known.getIfPresent(did);
    switch (answer) {
      case KeyAnswer.Found(VerifyingKey key) -> {
        long forceableAt = now + NEW.toNanos();
        if (before != null && before.forceableAt() - forceableAt > 0) {
          forceableAt = before.forceableAt();
        }
        known.put(
            did,
            new KnownKey(
                key,
                now + jittered(settings.fresh()),
                now + jittered(settings.stale()),
                forceableAt));
        missing.invalidate(did);
      }
      case KeyAnswer.Failed(KeyFailure reason) when before != null && !reason.isWithdrawal() ->
          known.put(did, before.refreshingAt(now + jittered(settings.retry())));
      case KeyAnswer.Failed(KeyFailure reason) -> {
        known.invalidate(did);
        if (reason.isOfTheDid()) {
          Duration kept = reason.isTemporary() ? settings.retry() : settings.refused();
          missing.put(did, new Missing(reason, now + jittered(kept)));
        }
      }
    }
  }

  private long jittered(Duration time) {
    synchronized (random) {
      return (long) (time.toNanos() * (1 - JITTER * random.nextDouble()));
    }
  }

  /** Ends the wait, not the flight: others wait for it too. */
  private KeyAnswer await(CompletableFuture<KeyAnswer> flight) {
    try {
      return flight.get(settings.patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new KeyAnswer.Failed(KeyFailure.TIMED_OUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new KeyAnswer.Failed(KeyFailure.TIMED_OUT);
    } catch (ExecutionException e) {
      throw new IllegalStateException("flights do not end exceptionally", e);
    }
  }
}
