package courtside.feedapi.interaction;

import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.Interaction;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.interaction.UnwrittenException.Reason;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes interactions to {@code feed.interactions}, and says so once every replica of the broker
 * has them. Where Kafka does not answer, the requests that found out have waited no longer than the
 * deadline; from then on one request at a time finds out whether that is still so, and all others
 * are told at once. Thread-safe; {@link #write} blocks, so that it wants a virtual thread.
 */
public final class InteractionWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InteractionWriter.class);

  /** Of records that Kafka has not acknowledged, in memory. */
  private static final long BUFFER_BYTES = 8L << 20;

  /** How long Kafka may take to say where the topic is, or the buffer to have room. */
  private static final Duration MAX_BLOCK = Duration.ofSeconds(2);

  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final Duration deadline;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Semaphore room;
  private final Map<InteractionKind, Counter> written = new EnumMap<>(InteractionKind.class);
  private final Map<Reason, Counter> unwritten = new EnumMap<>(Reason.class);

  /** Held by the one request that finds out whether Kafka is still away. */
  private final Semaphore findingOut = new Semaphore(1);

  private volatile boolean away;

  // Guarded by this; what is held is used outside of it, as whoever waits must not hold the lock.
  private @Nullable KafkaAddress kafka;
  private @Nullable Producer<byte[], byte[]> producer;
  private boolean closed;

  /**
   * A writer that is not connected yet.
   *
   * @param deadline how long a write may take, 100 ms at least
   * @param mostInFlight how many interactions may wait for Kafka at once, over all writes; what one
   *     request may hold, at least
   * @param clock tells the time seen, which becomes the records' timestamp
   * @param nanoTime monotonic
   */
  public InteractionWriter(
      Duration deadline,
      int mostInFlight,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    if (deadline.toMillis() < 100 || mostInFlight < InteractionsBody.MAX_INTERACTIONS) {
      throw new IllegalArgumentException(
          "expected a deadline of 100 ms and %d in flight at least, found %s and %d"
              .formatted(InteractionsBody.MAX_INTERACTIONS, deadline, mostInFlight));
    }
    this.deadline = deadline;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.room = new Semaphore(mostInFlight);
    for (InteractionKind kind : InteractionKind.values()) {
      written.put(
          kind,
          Counter.builder("courtside.feed.api.interactions")
              .description("interactions that were written")
              .tag("kind", kind.label())
              .register(metrics));
    }
    for (Reason reason : Reason.values()) {
      unwritten.put(
          reason,
          Counter.builder("courtside.feed.api.interactions.unwritten")
              .description("interactions that are not known to be written")
              .tag("reason", reason.name().toLowerCase(Locale.ROOT))
              .register(metrics));
    }
  }

  /**
   * From now on interactions are written, once the topics are there.
   *
   * @throws KafkaException if no producer can be made, as where no address is known for the host:
   *     to be tried again
   */
  public synchronized void connect(KafkaAddress address) {
    if (kafka != null) {
      throw new IllegalStateException("the writer is connected already");
    }
    if (closed) {
      return;
    }
    producer = open(address);
    kafka = address;
  }

  private Producer<byte[], byte[]> open(KafkaAddress address) {
    Map<String, Object> config = address.client();
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "feed-api-interactions");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
    config.put(
        ProducerConfig.MAX_BLOCK_MS_CONFIG, Math.min(MAX_BLOCK.toMillis(), deadline.toMillis()));
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) deadline.toMillis());
    // Half of it, so that a second attempt has its time.
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) deadline.toMillis() / 2);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Writes what one viewer reported, and returns once it is acknowledged.
   *
   * @param interactions at most as many as may be in flight
   * @throws UnwrittenException if that is not known within the deadline
   */
  public void write(Did viewer, List<Interaction> interactions) throws UnwrittenException {
    if (interactions.isEmpty()) {
      return;
    }
    try {
      if (!away) {
        send(viewer, interactions);
      } else if (findingOut.tryAcquire()) {
        try {
          send(viewer, interactions);
        } finally {
          findingOut.release();
        }
      } else {
        throw new UnwrittenException(Reason.AWAY, "the log does not answer just now");
      }
    } catch (UnwrittenException e) {
      Objects.requireNonNull(unwritten.get(e.reason())).increment(interactions.size());
      throw e;
    }
    for (Interaction interaction : interactions) {
      Objects.requireNonNull(written.get(InteractionKind.of(interaction.event()))).increment();
    }
  }

  private void send(Did viewer, List<Interaction> interactions) throws UnwrittenException {
    Producer<byte[], byte[]> to = producer();
    long begun = nanoTime.getAsLong();
    if (!room.tryAcquire(interactions.size())) {
      throw new UnwrittenException(Reason.TOO_MANY, "too many interactions wait to be written");
    }
    List<CompletableFuture<Boolean>> sent = new ArrayList<>(interactions.size());
    try {
      byte[] key = viewer.value().getBytes(StandardCharsets.UTF_8);
      long now = clock.instant().toEpochMilli();
      for (Interaction interaction : interactions) {
        CompletableFuture<Boolean> done =
            send(
                to,
                new ProducerRecord<>(
                    Topics.FEED_INTERACTIONS.name(),
                    null,
                    now,
                    key,
                    Interaction.FORMAT.encode(interaction)));
        sent.add(done);
        // Each could block anew.
        if (done.isCompletedExceptionally()) {
          break;
        }
      }
    } finally {
      room.release(interactions.size() - sent.size());
    }
    await(to, sent, deadline.toNanos() - (nanoTime.getAsLong() - begun));
  }

  private synchronized Producer<byte[], byte[]> producer() throws UnwrittenException {
    if (closed) {
      throw closed();
    }
    if (kafka == null) {
      throw new UnwrittenException(Reason.NOT_CONNECTED, "the log has not been found yet");
    }
    if (producer == null) {
      try {
        producer = open(kafka);
      } catch (KafkaException e) {
        away = true;
        throw new UnwrittenException(Reason.AWAY, "the log cannot be found just now");
      }
    }
    return producer;
  }

  /** Gives back its room once Kafka has said what became of it, and never before. */
  private CompletableFuture<Boolean> send(
      Producer<byte[], byte[]> to, ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    var _ = done.whenComplete((acknowledged, failure) -> room.release());
    try {
      var _ =
          to.send(
              record,
              (metadata, failure) -> {
                if (failure == null) {
                  done.complete(true);
                } else {
                  done.completeExceptionally(failure);
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      done.completeExceptionally(e);
    }
    return done;
  }

  private void await(
      Producer<byte[], byte[]> from, List<CompletableFuture<Boolean>> sent, long nanos)
      throws UnwrittenException {
    try {
      var _ =
          CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
              .get(nanos, TimeUnit.NANOSECONDS);
      away = false;
    } catch (TimeoutException e) {
      away = true;
      throw notAcknowledged();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw closed();
    } catch (ExecutionException e) {
      throw failure(from, e.getCause());
    }
  }

  private UnwrittenException failure(Producer<byte[], byte[]> from, @Nullable Throwable cause) {
    if (cause instanceof InterruptException || isClosed()) {
      return closed();
    }
    if (cause instanceof BufferExhaustedException) {
      // Of all that wait together, and no word on whether Kafka answers.
      return new UnwrittenException(Reason.TOO_MANY, "too many interactions wait to be written");
    }
    if (cause instanceof RetriableException) {
      away = true;
      return notAcknowledged();
    }
    LOG.atWarn().addKeyValue("reason", String.valueOf(cause)).log("interactions refused");
    if (!(cause instanceof ApiException)) {
      // It has failed for good, as nothing of a record's own: a new one may do better.
      giveUp(from);
    }
    return new UnwrittenException(Reason.REFUSED, "the log does not take interactions just now");
  }

  private void giveUp(Producer<byte[], byte[]> failed) {
    synchronized (this) {
      if (failed.equals(producer)) {
        producer = null;
      }
    }
    failed.close(Duration.ZERO);
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private static UnwrittenException notAcknowledged() {
    return new UnwrittenException(Reason.NOT_ACKNOWLEDGED, "the log has not answered in time");
  }

  private static UnwrittenException closed() {
    return new UnwrittenException(Reason.CLOSED, "the service stops");
  }

  /** How many more interactions may be in flight. */
  int room() {
    return room.availablePermits();
  }

  /** Waits a second for what is in flight; whoever still waits then is told. */
  @Override
  public void close() {
    Producer<byte[], byte[]> open;
    synchronized (this) {
      closed = true;
      open = producer;
      producer = null;
    }
    if (open != null) {
      open.close(CLOSE);
    }
  }
}
