package courtside.processor.steward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.RecordKey;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Applied.Outcome;
import courtside.processor.definition.DefinitionFile;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.broker.BrokerProxy;
import courtside.testkit.broker.Impairment;
import courtside.testkit.broker.LinkFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The steward on a real broker. What the tasks of sets would say, the test says. */
@Timeout(180)
final class StewardLoopTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PREVIOUS_FOR = Duration.ofHours(3);
  private static final RecordKey NBA = new RecordKey("nba");

  @TempDir Path directory;
  private BrokerProxy proxy;
  private EmbeddedBroker broker;
  private LoggedFeeds log;

  @BeforeEach
  void open() throws Exception {
    proxy = BrokerProxy.start();
    broker = EmbeddedBroker.startBehindProxy(directory.resolve("kafka"), proxy.port(), Map.of());
    proxy.forwardTo(broker.behindProxy());
    log = new LoggedFeeds(new KafkaAddress(broker.bootstrap()));
  }

  @AfterEach
  void close() {
    log.close();
    broker.close();
    proxy.close();
  }

  @Test
  void doesWhatPeopleWishAndLeavesNothingOfADeletedFeed() throws Exception {
    try (StewardLoop steward = start("one", List.of())) {
      // given: a version that is served, and one that is held, though it has caught up
      Applied one = log.apply("nba", "One", false);
      awaitState(state -> state.served().equals(version(one)));
      Applied two = log.apply("nba", "Two", true);
      awaitState(state -> state.candidate().equals(version(two)));
      log.keepUp(two.version());
      log.leaveBehind(set(one));
      log.leaveBehind(set(two));

      // when, then: it is promoted
      log.wish(new Wish.Promote("p", log.now(), "nba", two.version().version()));
      awaitState(
          state -> state.served().equals(version(two)) && state.previous().equals(version(one)));
      assertThat(state().endOffsets()).isEqualTo(log.highWatermarks(Topics.FEED_ITEMS));
      awaitAnswer(steward, "p");

      // when, then: it is replaced by the one before
      log.wish(new Wish.Rollback("r", log.now(), "nba", one.version().version()));
      awaitState(
          state -> state.served().equals(version(one)) && state.previous().equals(version(two)));
      awaitAnswer(steward, "r");

      // when, then: what cannot be is refused, with why
      log.wish(new Wish.Rollback("x", log.now(), "nba", "0000000000000000"));
      awaitState(state -> state.wish().equals(Optional.of("x")));
      assertThat(state().refusal()).hasValue("0000000000000000 does not follow the log any more");
      assertThat(state().served()).isEqualTo(version(one));
      log.wish(new Wish.Promote("y", log.now(), "chat", "0000000000000000"));
      await().atMost(LIMIT).until(() -> "y".equals(steward.answers().get("feeds/chat")));
      assertThat(log.state(new RecordKey("chat"))).isEmpty();

      // when: it is deleted
      log.wish(new Wish.DeleteFeed("d", log.now(), "nba"));
      awaitState(FeedState::deleted);
      assertThat(state().removing())
          .containsExactlyInAnyOrder(one.version().version(), two.version().version());
      assertThat(log.apply("nba", "One", false).outcome()).isEqualTo(Outcome.BEING_REMOVED);

      // then: nothing of it is left but that it was deleted, once every task has taken it out
      log.removed(one.version(), set(one));
      log.removedBut(two.version(), set(two), 11);
      awaitState(state -> state.removing().equals(List.of(two.version().version())));
      awaitNothingLeftOf(set(one));
      assertThat(log.leftOf(set(two))).hasSize(2);
      log.removed(two.version(), set(two));
      awaitState(state -> state.removing().isEmpty());
      awaitNothingLeftOf(set(two));
      assertThat(log.definitions()).isEmpty();
      assertThat(log.statuses()).isEmpty();
      assertThat(state().deleted()).isTrue();

      // and: it can be applied again
      Applied again = log.apply("nba", "One", false);
      awaitState(state -> state.served().equals(version(again)) && !state.deleted());
    }
  }

  @Test
  void keepsThePreviousVersionForAsLongAsItIsSet() throws Exception {
    try (StewardLoop _ = start("one", List.of())) {
      Applied one = serve("One");
      Applied two = promote("Two");
      awaitState(state -> state.previous().equals(version(one)));

      log.advance(PREVIOUS_FOR.minusSeconds(1));
      // Dealt with behind the advance, so a whole turn has looked at the time.
      log.wish(new Wish.Promote("p", log.now(), "nba", two.version().version()));
      awaitState(state -> state.wish().equals(Optional.of("p")));
      assertThat(state().previous()).isEqualTo(version(one));

      log.advance(Duration.ofSeconds(1));
      awaitState(state -> state.removing().equals(List.of(one.version().version())));
      assertThat(state().previous()).isEmpty();
    }
  }

  @Test
  void switchesAtTheEndOfItemsThatNobodyGetsToSeeYet() throws Exception {
    try (StewardLoop _ = start("one", List.of());
        Producer<String, byte[]> killed = log.transactional("killed", 60_000)) {
      serve("One");
      // given: an open transaction, and behind it items that are committed
      killed.beginTransaction();
      killed.send(new ProducerRecord<>(Topics.FEED_ITEMS.name(), 3, "open", new byte[1])).get();
      log.write(new ProducerRecord<>(Topics.FEED_ITEMS.name(), 3, "behind", new byte[1]));

      // when
      promote("Two");

      // then: who has passed the end has both
      assertThat(state().endOffsets()).hasSize(Topics.FEED_ITEMS.partitions());
      assertThat(state().endOffsets().get(3)).isEqualTo(2);
      killed.abortTransaction();
    }
  }

  @Test
  void decidesOnceThoughItsDecisionLiesBehindATransactionThatIsOpen() throws Exception {
    try (StewardLoop _ = start("one", List.of());
        Producer<String, byte[]> slow = log.transactional("slow", 3_000)) {
      Applied one = serve("One");
      promote("Two");
      int before = log.served(NBA).size();

      // when: somebody's transaction is open while a rollback is wished, for three seconds
      slow.beginTransaction();
      slow.send(new ProducerRecord<>(Topics.FEED_DEFINITIONS.name(), "other/1", new byte[1])).get();
      log.wish(new Wish.Rollback("r", log.now(), "nba", one.version().version()));
      awaitState(state -> state.served().equals(version(one)));

      // then
      log.wish(new Wish.Rollback("s", log.now(), "nba", one.version().version()));
      awaitState(state -> state.wish().equals(Optional.of("s")));
      assertThat(log.served(NBA).subList(before, log.served(NBA).size()))
          .as("states that were written")
          .hasSize(2)
          .containsOnly(one.version().version());
    }
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void comesToTheSameEndWhereverStewardsAreKilled(Step step) throws Exception {
    // Every other time that somebody gets there.
    AtomicInteger times = new AtomicInteger();
    AtomicInteger kills = new AtomicInteger();
    Step.Observer nemesis =
        done -> {
          if (done == step && times.getAndIncrement() % 2 == 0) {
            kills.incrementAndGet();
            throw new KilledException();
          }
        };
    List<Applied> end;
    try (Succession _ = new Succession(nemesis)) {
      end = liveALife();
    }
    System.out.printf("killed %d times after %s%n", kills.get(), step);
    assertThat(kills).hasPositiveValue();
    assertTheEndOf(end);
  }

  /** Two feeds; one of them changes four times. What is left of all that was applied, in order. */
  private List<Applied> liveALife() throws Exception {
    // Both in one set, of which one feed changes.
    List<Applied> first =
        log.apply(false, LoggedFeeds.file("nba", "One"), LoggedFeeds.file("chat", "Chat"));
    Applied one = first.get(0);
    log.leaveBehind(set(one));
    awaitState(state -> state.served().equals(version(one)));

    Applied two = log.applyAtOnce("nba", "Two");
    log.leaveBehind(set(two));
    awaitState(state -> state.candidate().equals(version(two)));
    log.keepUp(two.version());
    awaitState(state -> state.served().equals(version(two)));

    log.wish(new Wish.Rollback("r", log.now(), "nba", one.version().version()));
    awaitState(state -> state.served().equals(version(one)));
    assertThat(log.apply("nba", "Two", false).outcome()).isEqualTo(Outcome.ROLLBACK);
    awaitState(state -> state.served().equals(version(two)));

    // Overtaken before it was served.
    Applied three = log.apply("nba", "Three", true);
    log.leaveBehind(set(three));
    awaitState(state -> state.candidate().equals(version(three)));
    Applied four = log.apply("nba", "Four", false);
    log.leaveBehind(set(four));
    awaitState(state -> state.removing().equals(List.of(three.version().version())));
    assertThat(log.apply("nba", "Three", false).outcome()).isEqualTo(Outcome.BEING_REMOVED);
    log.removed(three.version(), set(three));
    awaitState(state -> state.removing().isEmpty());

    // The next switch ends the previous; then the time does.
    log.keepUp(four.version());
    awaitState(state -> state.removing().equals(List.of(one.version().version())));
    log.removed(one.version(), set(one));
    awaitState(state -> state.removing().isEmpty());
    log.advance(PREVIOUS_FOR);
    awaitState(state -> state.removing().equals(List.of(two.version().version())));
    log.removed(two.version(), set(two));
    awaitState(state -> state.removing().isEmpty());
    awaitNothingLeftOf(set(two));
    awaitNothingLeftOf(set(three));
    return List.of(one, two, three, four, first.get(1));
  }

  private void assertTheEndOf(List<Applied> life) throws Exception {
    Applied four = life.get(3);
    Applied chat = life.get(4);
    assertThat(state().served()).isEqualTo(version(four));
    assertThat(state().previous()).isEmpty();
    assertThat(state().candidate()).isEmpty();
    assertThat(log.state(new RecordKey("chat")).orElseThrow().served()).isEqualTo(version(chat));
    assertThat(log.definitions()).containsOnlyKeys(four.version(), chat.version());
    assertThat(log.statuses().keySet())
        .allSatisfy(key -> assertThat(FeedVersion.read(key)).isEqualTo(four.version()));
    // The set of which one feed changed still runs the other.
    assertThat(log.leftOf(set(chat))).hasSize(2);
    assertThat(log.leftOf(set(four))).hasSize(2);
    // Nothing flickered, and nothing was done twice.
    List<String> served = new ArrayList<>();
    for (String version : log.served(NBA)) {
      if (served.isEmpty() || !served.getLast().equals(version)) {
        served.add(version);
      }
    }
    String one = life.get(0).version().version();
    String two = life.get(1).version().version();
    assertThat(served).containsExactly(one, two, one, two, four.version().version());
  }

  @Test
  void nothingOfAFrozenStewardComesAfterItsSuccessors() throws Exception {
    // given: one that is frozen when it has decided, and is not heard of any more
    CountDownLatch decided = new CountDownLatch(1);
    CountDownLatch thaw = new CountDownLatch(1);
    AtomicBoolean freezes = new AtomicBoolean();
    Step.Observer frost =
        step -> {
          if (step == Step.DECIDED && freezes.getAndSet(false)) {
            decided.countDown();
            awaitLatch(thaw);
          }
        };
    AtomicInteger failures = new AtomicInteger();
    try (StewardLoop frozen =
        StewardLoop.start(
            settings(new KafkaAddress(proxy.bootstrap()), "frozen", List.of()),
            log.admin(),
            log.setIds(),
            log::now,
            System::nanoTime,
            frost,
            failures::incrementAndGet)) {
      Applied one = serve("One");
      promote("Two");
      freezes.set(true);
      log.wish(new Wish.Rollback("r", log.now(), "nba", one.version().version()));
      awaitLatch(decided);
      List<String> before = List.copyOf(log.served(NBA));
      try (StewardLoop successor = start("successor", List.of())) {
        try (Impairment _ = proxy.impair(new LinkFault.Hold())) {
          // when: another one takes over, does what was wished, and more
          awaitState(state -> state.served().equals(version(one)));
          assertThat(successor.isOwner()).isTrue();
          log.wish(new Wish.DeleteFeed("d", log.now(), "nba"));
          awaitState(FeedState::deleted);
        }
        thaw.countDown();
        // then: the first one has nothing written, and stands by
        await().atMost(LIMIT).until(() -> !frozen.isOwner());
        assertThat(successor.isOwner()).isTrue();
      }
      assertThat(log.served(NBA).subList(before.size(), log.served(NBA).size()))
          .containsExactly(one.version().version(), "none");
      // and: it takes over in its turn
      await().atMost(LIMIT).until(frozen::isOwner);
      Applied chat = log.apply("chat", "Chat", false);
      await()
          .atMost(LIMIT)
          .until(() ->
              log.state(new RecordKey("chat")).flatMap(FeedState::served).equals(version(chat)));
    }
    assertThat(failures).hasValue(0);
  }

  @Test
  void leavesASetItsTopicsWhileAnInstanceStillRunsIt() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    Step.Observer counting =
        step -> {
          if (step == Step.GROUPS_DELETED) {
            tries.incrementAndGet();
          }
        };
    try (StewardLoop _ = start("one", List.of(), counting)) {
      Applied one = serve("One");
      log.leaveBehind(set(one));
      try (KafkaConsumer<byte[], byte[]> _ = log.joinGroupOf(set(one))) {
        log.wish(new Wish.DeleteFeed("d", log.now(), "nba"));
        awaitState(FeedState::deleted);
        log.removed(one.version(), set(one));
        awaitState(state -> state.removing().isEmpty());

        await().atMost(LIMIT).until(() -> tries.get() >= 2);
        assertThat(log.leftOf(set(one))).hasSize(2);
      }
      awaitNothingLeftOf(set(one));
    }
  }

  @Test
  void findsWhatAnEarlierStewardHasLeftAndNothingElse() throws Exception {
    // given: a set that is needed, and what is left of others
    Applied one = log.apply("nba", "One", false);
    log.leaveBehind(set(one));
    log.leaveBehind("leftover");
    log.createTopic("courtside-feeds-halfdone-entries-changelog");
    log.createTopic("courtside-feeds");
    log.createTopic("other-courtside-feeds-leftover-x");
    log.removedBut(FeedVersion.of("gone", "0000000000000000"), "leftover", 11);

    try (StewardLoop _ = start("one", List.of())) {
      awaitNothingLeftOf("leftover");
      awaitNothingLeftOf("halfdone");
      await().atMost(LIMIT).until(() -> log.statuses().isEmpty());
    }
    assertThat(log.leftOf(set(one))).hasSize(2);
    assertThat(log.topics()).contains("courtside-feeds", "other-courtside-feeds-leftover-x");
  }

  @Test
  void seedsNothingThatSomebodyAppliesMeanwhile() throws Exception {
    // given: a steward that has read, and is about to seed
    DefinitionFile shipped = LoggedFeeds.file("nba", "One");
    CountDownLatch reads = new CountDownLatch(1);
    CountDownLatch applied = new CountDownLatch(1);
    try (StewardLoop _ =
        StewardLoop.start(
            settings(log.kafka(), "one", List.of(shipped)),
            log.admin(),
            () -> {
              reads.countDown();
              awaitLatch(applied);
              return "ofseeding";
            },
            log::now,
            System::nanoTime,
            () -> {})) {
      awaitLatch(reads);

      // when
      Applied one = log.apply("nba", "One", false);
      assertThat(one.outcome()).isEqualTo(Outcome.WRITTEN);
      applied.countDown();

      // then
      awaitState(state -> state.served().equals(version(one)));
      awaitState(
          state -> state.sets().orElseThrow().equals(Map.of(one.version().version(), set(one))));
      log.wish(new Wish.DeleteFeed("d", log.now(), "nba"));
      awaitState(FeedState::deleted);
      assertThat(log.everySetOf(one.version())).containsExactly(set(one));
    }
  }

  @Test
  void seedsOnceAndNotWhatWasDeleted() throws Exception {
    DefinitionFile shipped = LoggedFeeds.file("nba", "One");
    try (StewardLoop _ = start("one", List.of(shipped))) {
      awaitState(state -> state.served().isPresent());
      log.wish(new Wish.DeleteFeed("d", log.now(), "nba"));
      awaitState(FeedState::deleted);
      String set = log.everySetOf(shipped.version()).getFirst();
      log.removed(shipped.version(), set);
      awaitState(state -> state.removing().isEmpty());
    }
    try (StewardLoop _ = start("two", List.of(shipped, LoggedFeeds.file("chat", "Chat")))) {
      await().atMost(LIMIT).until(() -> log.state(new RecordKey("chat")).isPresent());
    }
    assertThat(log.everySetOf(shipped.version())).hasSize(1);
    assertThat(state().served()).isEmpty();
  }

  @Test
  void endsWithAWordWhateverItIsThatFails() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    try (StewardLoop steward =
        StewardLoop.start(
            settings(log.kafka(), "one", List.of()),
            log.admin(),
            log.setIds(),
            log::now,
            System::nanoTime,
            _ -> {
              throw new StackOverflowError("as a test has it");
            },
            failed::countDown)) {
      log.apply("nba", "One", false);
      awaitLatch(failed);
      await().atMost(LIMIT).until(() -> !steward.isOwner());
    }
  }

  /** Somebody stops the steward here. */
  private static final class KilledException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** One steward after the other, each started when the one before is killed. */
  private final class Succession implements AutoCloseable {
    private final Step.Observer nemesis;
    private final List<StewardLoop> loops = new ArrayList<>();
    private boolean closed;

    Succession(Step.Observer nemesis) {
      this.nemesis = nemesis;
      next();
    }

    private synchronized void next() {
      if (!closed) {
        loops.add(
            StewardLoop.start(
                settings(log.kafka(), "steward-" + loops.size(), List.of()),
                log.admin(),
                log.setIds(),
                log::now,
                System::nanoTime,
                nemesis,
                this::next));
      }
    }

    @Override
    public void close() {
      List<StewardLoop> all;
      synchronized (this) {
        closed = true;
        all = List.copyOf(loops);
      }
      all.forEach(StewardLoop::close);
    }
  }

  private StewardLoop start(String instance, List<DefinitionFile> shipped) {
    return start(instance, shipped, Step.Observer.NOBODY);
  }

  private StewardLoop start(String instance, List<DefinitionFile> shipped, Step.Observer observer) {
    return StewardLoop.start(
        settings(log.kafka(), instance, shipped),
        log.admin(),
        log.setIds(),
        log::now,
        System::nanoTime,
        observer,
        () -> {
          throw new AssertionError("the steward " + instance + " has failed");
        });
  }

  private static StewardSettings settings(
      KafkaAddress kafka, String instance, List<DefinitionFile> shipped) {
    return new StewardSettings(kafka, instance, true, shipped, Duration.ZERO, PREVIOUS_FOR);
  }

  /** Applies the first version and waits until it is served. */
  private Applied serve(String name) throws Exception {
    Applied applied = log.apply("nba", name, false);
    awaitState(state -> state.served().equals(version(applied)));
    return applied;
  }

  /** Applies another version, says that it has caught up, and waits until it is served. */
  private Applied promote(String name) throws Exception {
    Applied applied = log.apply("nba", name, false);
    log.keepUp(applied.version());
    awaitState(state -> state.served().equals(version(applied)));
    return applied;
  }

  private FeedState state() {
    return log.state(NBA).orElseThrow();
  }

  private void awaitState(Predicate<FeedState> expected) {
    await()
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .untilAsserted(() -> assertThat(log.state(NBA)).get().matches(expected));
  }

  private void awaitAnswer(StewardLoop steward, String wish) {
    await().atMost(LIMIT).until(() -> wish.equals(steward.answers().get("feeds/nba")));
  }

  private void awaitNothingLeftOf(String set) {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(log.leftOf(set)).isEmpty());
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      if (!latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("what was waited for did not come");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static Optional<String> version(Applied applied) {
    return Optional.of(applied.version().version());
  }

  private static String set(Applied applied) {
    return applied.set().orElseThrow();
  }
}
