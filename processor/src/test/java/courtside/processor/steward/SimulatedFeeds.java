package courtside.processor.steward;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Plan;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One life of three feeds: people who apply, wish and collide, tasks that fill and take out, a
 * steward that is killed, and a log that is compacted. It holds what the steward must never do
 * against every decision that is written.
 */
final class SimulatedFeeds {
  /** What happens to it; each has to, in some life. */
  enum Happening {
    FIRST_SERVED,
    PROMOTED,
    PROMOTED_AS_WISHED,
    ROLLED_BACK,
    DELETED,
    REFUSED,
    PREVIOUS_ENDED,
    VERSION_GONE,
    SET_ENDED,
    OVERTAKEN,
    APPLIED_TWICE,
    APPLIED_BEHIND_THE_STEWARD,
    KILLED_BEFORE_WRITING,
    KILLED_AFTER_WRITING,
    STATUS_CAME_BACK,
    COMPACTED,
  }

  private static final List<String> FEEDS = List.of("nba", "chat", "wnba");
  private static final int CONTENTS = 4;
  private static final int STEPS = 120;

  /** A decision leads to three more at most, and there are three feeds. */
  private static final int MOST_TURNS = 50;

  private static final Duration PREVIOUS_FOR = Duration.ofHours(24);

  /** One record of {@code feed.definitions}; without a value, a tombstone. */
  private record Entry(long offset, String key, Optional<Bytes> value) {
    void applyTo(Catalogue catalogue) {
      catalogue.apply(key, value.map(Bytes::toArray).orElse(null));
    }
  }

  /** Where the items of a version are, and of which set. */
  private record Held(String set, SortedSet<Integer> partitions) {}

  private final Random random;
  private final Map<Happening, Integer> happened;
  private Instant now = Instant.parse("2026-11-24T12:00:00Z");

  // The log.
  private final List<Entry> definitions = new ArrayList<>();
  private final Map<RecordKey, Wish.OfFeed> wishes = new HashMap<>();
  private final Map<String, FeedStatus> statuses = new HashMap<>();
  private long end;

  // The tasks.
  private final Catalogue tasks = new Catalogue();
  private long tasksRead;
  private final Map<FeedVersion, Held> held = new HashMap<>();
  private final List<Map.Entry<String, FeedStatus>> saidOnce = new ArrayList<>();
  private final Set<String> sets = new HashSet<>();
  private final Set<String> overwritten = new HashSet<>();

  // The steward.
  private Catalogue catalogue = new Catalogue();
  private long stewardRead;
  private final Set<String> dealt = new HashSet<>();
  private final Set<String> ended = new HashSet<>();

  /** Definitions that somebody has decided to write, and has not yet. */
  private Optional<Plan> underway = Optional.empty();

  private int ids;

  SimulatedFeeds(long seed, Map<Happening, Integer> happened) {
    this.random = new Random(seed);
    this.happened = happened;
  }

  void live() {
    for (int step = 0; step < STEPS; step++) {
      act();
    }
    comeToRest();
  }

  private void act() {
    switch (random.nextInt(12)) {
      case 0, 1 -> write(plan(read()));
      case 2 -> {
        // Both have read before either writes.
        Catalogue seen = read();
        Plan one = plan(seen);
        write(one);
        write(
            random.nextBoolean()
                ? plan(seen)
                : Plan.of(seen, files(one), "set-" + ++ids, random.nextBoolean()));
      }
      case 3 -> underway = Optional.of(underway.orElseGet(() -> plan(read())));
      case 4, 5 -> wish();
      case 6 -> now = now.plusSeconds(random.nextInt(3 * 3_600));
      case 7, 8 -> work(false);
      case 9 -> comeBack();
      case 10 -> compact();
      default -> turn(true);
    }
    if (random.nextBoolean()) {
      turn(true);
    }
  }

  /** Nobody wants anything more: what remains is what was asked for, and nothing else. */
  private void comeToRest() {
    underway.ifPresent(this::write);
    underway = Optional.empty();
    int turns = 0;
    for (int quiet = 0; quiet < 3; now = now.plus(PREVIOUS_FOR)) {
      work(true);
      quiet = turn(false) ? 0 : quiet + 1;
      assertThat(++turns).as("turns until it rests").isLessThan(MOST_TURNS);
    }
    Catalogue last = read();
    for (RecordKey feed : last.feeds()) {
      FeedState state = last.state(feed).orElseThrow();
      assertThat(state.removing()).as("removing of %s", feed).isEmpty();
      assertThat(state.previous()).as("previous of %s", feed).isEmpty();
      Set<FeedVersion> left = new HashSet<>();
      state.served().ifPresent(version -> left.add(new FeedVersion(feed, version)));
      state
          .candidate()
          .ifPresent(version -> {
            FeedVersion candidate = new FeedVersion(feed, version);
            assertThat(Objects.requireNonNull(last.definitions(feed).get(candidate)).hold())
                .as("a candidate that nobody holds: %s", candidate)
                .isTrue();
            left.add(candidate);
          });
      assertThat(last.definitions(feed).keySet()).as("%s", state).isEqualTo(left);
    }
    wishes.forEach((feed, wish) -> {
      last.state(feed)
          .ifPresent(
              state -> assertThat(state.wish()).as("dealt with %s", wish).contains(wish.id()));
    });
    Set<String> unneeded = new HashSet<>(sets);
    unneeded.removeAll(last.sets().keySet());
    unneeded.removeAll(overwritten);
    assertThat(ended).as("sets that were ended").containsAll(unneeded);
    assertThat(last.sets().keySet()).as("sets that are needed").doesNotContainAnyElementsOf(ended);
    assertThat(held.keySet()).as("what has items").isEqualTo(last.definitions().keySet());
  }

  // People.

  private Plan plan(Catalogue seen) {
    Set<String> feeds = new TreeSet<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      feeds.add(FEEDS.get(random.nextInt(FEEDS.size())));
    }
    List<DefinitionFile> files = new ArrayList<>();
    feeds.forEach(feed -> files.add(file(feed, random.nextInt(CONTENTS))));
    return Plan.of(seen, files, "set-" + ++ids, random.nextInt(3) == 0);
  }

  private static List<DefinitionFile> files(Plan plan) {
    return plan.writes().keySet().stream()
        .flatMap(version ->
            IntStream.range(0, CONTENTS)
                .mapToObj(content -> file(version.feed().value(), content))
                .filter(file -> file.version().equals(version)))
        .toList();
  }

  private static DefinitionFile file(String feed, int content) {
    return new DefinitionFile(
        new RecordKey(feed),
        "name " + content,
        "",
        "nba",
        Optional.empty(),
        "",
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Duration.ofDays(3),
        Optional.empty(),
        false,
        List.of());
  }

  private void write(Plan plan) {
    plan.writes()
        .forEach((version, definition) ->
            append(version.key(), FeedDefinition.FORMAT.encode(definition)));
  }

  private void wish() {
    String feed = FEEDS.get(random.nextInt(FEEDS.size()));
    String id = "wish-" + ++ids;
    Optional<FeedState> state = read().state(new RecordKey(feed));
    String any = file(feed, random.nextInt(CONTENTS)).version().version();
    Wish.OfFeed wish =
        switch (random.nextInt(9)) {
          case 0 -> new Wish.DeleteFeed(id, now, feed);
          case 1 -> new Wish.Promote(id, now, feed, any);
          case 2 -> new Wish.Rollback(id, now, feed, any);
          case 3, 4, 5 ->
              new Wish.Promote(id, now, feed, state.flatMap(FeedState::candidate).orElse(any));
          default ->
              new Wish.Rollback(id, now, feed, state.flatMap(FeedState::previous).orElse(any));
        };
    wishes.put(new RecordKey(feed), wish);
  }

  // The log.

  private void append(String key, byte @Nullable [] value) {
    definitions.add(new Entry(end++, key, Optional.ofNullable(value).map(Bytes::of)));
  }

  /** Somebody who reads the topic from its beginning. */
  private Catalogue read() {
    Catalogue read = new Catalogue();
    definitions.forEach(entry -> entry.applyTo(read));
    return read;
  }

  private void compact() {
    Catalogue before = read();
    Map<String, Long> newest = new HashMap<>();
    definitions.forEach(entry -> newest.put(entry.key(), entry.offset()));
    boolean tombstones = random.nextBoolean();
    // What the steward or the tasks have still to read stays: nobody is away for a week.
    long read = Math.min(tasksRead, stewardRead);
    definitions.removeIf(entry ->
        entry.offset() < read
            && (newest.getOrDefault(entry.key(), -1L) != entry.offset()
                || (tombstones && entry.value().isEmpty())));
    happen(Happening.COMPACTED);
    Catalogue after = read();
    assertThat(List.copyOf(after.definitions().entrySet()))
        .as("definitions to who reads from now on")
        .isEqualTo(List.copyOf(before.definitions().entrySet()));
  }

  // The tasks.

  private void work(boolean all) {
    for (Entry entry : List.copyOf(definitions)) {
      if (entry.offset() >= tasksRead) {
        follow(entry);
      }
    }
    tasksRead = end;
    held.forEach((version, of) -> {
      boolean goes =
          tasks.state(version.feed()).orElse(NOTHING).removing().contains(version.version());
      for (int partition = 0; goes && partition < Topics.POSTS.partitions(); partition++) {
        if (all || random.nextInt(3) > 0) {
          of.partitions().remove(partition);
          FeedStatus status = removed(of.set());
          statuses.put(version.statusKey(partition), status);
          saidOnce.add(Map.entry(version.statusKey(partition), status));
        }
      }
    });
  }

  private static final FeedState NOTHING =
      new FeedState(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          false,
          Instant.EPOCH,
          List.of());

  private void follow(Entry entry) {
    if (FeedVersion.isDefinitionKey(entry.key())) {
      FeedVersion version = FeedVersion.read(entry.key());
      Optional<FeedState> state = tasks.state(version.feed());
      entry.applyTo(tasks);
      bring(version, state);
      FeedDefinition definition = tasks.definitions().get(version);
      if (definition != null && !set(entry.value().orElseThrow()).equals(definition.set())) {
        happen(Happening.APPLIED_TWICE);
      }
    } else {
      RecordKey feed = new RecordKey(entry.key());
      Optional<FeedState> state = tasks.state(feed);
      entry.applyTo(tasks);
      tasks.versions(feed).forEach(version -> bring(version, state));
    }
  }

  private static String set(Bytes definition) {
    return FeedDefinition.FORMAT.decode(definition.toArray()).set();
  }

  /** Begins, goes on or ends as the log has it now; before, the feed was in this state. */
  private void bring(FeedVersion version, Optional<FeedState> state) {
    FeedDefinition definition = tasks.definitions().get(version);
    Held before = held.get(version);
    if (definition == null) {
      held.remove(version);
      assertThat(before == null ? Set.of() : before.partitions())
          .as("items left of %s", version)
          .isEmpty();
      return;
    }
    sets.add(definition.set());
    if (before != null && before.set().equals(definition.set())) {
      return;
    }
    if (before != null) {
      assertThat(plays(state, version))
          .as("%s begins anew in %s", version, definition.set())
          .isFalse();
      overwritten.add(before.set());
    }
    SortedSet<Integer> partitions = new TreeSet<>();
    for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
      partitions.add(partition);
    }
    held.put(version, new Held(definition.set(), partitions));
  }

  private FeedStatus removed(String set) {
    return new FeedStatus(
        now, 0, 0, now, 0, 0, OptionalLong.empty(), OptionalDouble.empty(), Optional.of(set));
  }

  /** A task that had not yet heard that its version is gone says once more that it is. */
  private void comeBack() {
    if (!saidOnce.isEmpty()) {
      Map.Entry<String, FeedStatus> said = saidOnce.get(random.nextInt(saidOnce.size()));
      FeedVersion version = FeedVersion.read(said.getKey());
      if (!statuses.containsKey(said.getKey())) {
        for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
          statuses.put(version.statusKey(partition), said.getValue());
        }
        happen(Happening.STATUS_CAME_BACK);
      }
    }
  }

  // The steward.

  /** Says whether anything was written. */
  private boolean turn(boolean trouble) {
    for (Entry entry : definitions) {
      if (entry.offset() >= stewardRead) {
        entry.applyTo(catalogue);
      }
    }
    stewardRead = end;
    Set<FeedVersion> caughtUp = new HashSet<>();
    for (FeedVersion candidate : Steward.candidates(catalogue)) {
      if (!trouble || random.nextInt(4) == 0) {
        caughtUp.add(candidate);
      }
    }
    Steward.Inputs inputs =
        new Steward.Inputs(
            Map.copyOf(wishes), Map.copyOf(statuses), caughtUp, List.of(end), PREVIOUS_FOR, now);
    Decision decision = Steward.decide(catalogue, inputs);
    if (trouble && random.nextInt(5) == 0) {
      happen(Happening.KILLED_BEFORE_WRITING);
      startAgain();
      return false;
    }
    if (trouble && underway.isPresent() && random.nextBoolean()) {
      write(underway.get());
      underway = Optional.empty();
      happen(Happening.APPLIED_BEHIND_THE_STEWARD);
    }
    check(decision, inputs);
    for (FeedVersion version : decision.gone()) {
      append(version.key(), null);
      for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
        statuses.remove(version.statusKey(partition));
      }
    }
    decision
        .states()
        .forEach((feed, state) -> append(feed.value(), FeedState.FORMAT.encode(state)));
    ended.addAll(decision.setsToEnd());
    happen(Happening.SET_ENDED, decision.setsToEnd().size());
    happen(Happening.VERSION_GONE, decision.gone().size());
    if (trouble && random.nextInt(5) == 0) {
      happen(Happening.KILLED_AFTER_WRITING);
      startAgain();
    }
    return !decision.isEmpty();
  }

  private void startAgain() {
    catalogue = new Catalogue();
    stewardRead = 0;
  }

  private void check(Decision decision, Steward.Inputs inputs) {
    for (FeedVersion version : decision.gone()) {
      Held items = held.get(version);
      assertThat(items == null ? Set.of() : items.partitions())
          .as("items left of %s", version)
          .isEmpty();
    }
    for (RecordKey feed : catalogue.feeds()) {
      Optional<FeedState> before = catalogue.state(feed);
      FeedState next =
          Objects.requireNonNull(decision.states().getOrDefault(feed, before.orElse(NOTHING)));
      checkRoles(feed, next, decision.gone());
      if (decision.states().containsKey(feed)) {
        checkChange(feed, before.orElse(NOTHING), next, decision, inputs);
      }
    }
  }

  private void checkRoles(RecordKey feed, FeedState state, Set<FeedVersion> gone) {
    List<FeedVersion> playing = new ArrayList<>();
    state.served().ifPresent(version -> playing.add(new FeedVersion(feed, version)));
    state.previous().ifPresent(version -> playing.add(new FeedVersion(feed, version)));
    state.candidate().ifPresent(version -> playing.add(new FeedVersion(feed, version)));
    state.removing().forEach(version -> playing.add(new FeedVersion(feed, version)));
    Set<FeedVersion> defined = new HashSet<>(catalogue.definitions(feed).keySet());
    defined.removeAll(gone);
    assertThat(playing).as("parts of %s", feed).doesNotHaveDuplicates();
    assertThat(defined).as("definitions of %s", feed).isEqualTo(Set.copyOf(playing));
    assertThat(state.deleted() && state.served().isPresent()).as("%s", state).isFalse();
  }

  private void checkChange(
      RecordKey feed, FeedState before, FeedState next, Decision decision, Steward.Inputs inputs) {
    Optional<Wish.OfFeed> carriedOut = Optional.empty();
    if (!next.wish().equals(before.wish())) {
      Wish.OfFeed wish = Objects.requireNonNull(inputs.wishes().get(feed));
      assertThat(next.wish()).contains(wish.id());
      assertThat(dealt.add(wish.id())).as("%s twice", wish).isTrue();
      assertThat(decision.answers())
          .containsEntry(wish.key(), new Decision.Answer(wish.id(), next.refusal()));
      if (next.refusal().isEmpty()) {
        carriedOut = Optional.of(wish);
      } else {
        happen(Happening.REFUSED);
      }
    }
    for (String version : before.removing()) {
      assertThat(
              next.removing().contains(version)
                  || decision.gone().contains(new FeedVersion(feed, version)))
          .as("%s comes back", version)
          .isTrue();
    }
    checkSwitch(feed, before, next, carriedOut, inputs);
    for (String version : next.removing()) {
      if (!plays(Optional.of(before), new FeedVersion(feed, version)) && !next.deleted()) {
        happen(Happening.OVERTAKEN);
      }
    }
  }

  private void checkSwitch(
      RecordKey feed,
      FeedState before,
      FeedState next,
      Optional<Wish.OfFeed> carriedOut,
      Steward.Inputs inputs) {
    if (next.served().equals(before.served())) {
      if (!next.previous().equals(before.previous())) {
        assertThat(next.previous()).isEmpty();
        assertThat(now).isAfterOrEqualTo(before.switchedAt().plus(PREVIOUS_FOR));
        happen(Happening.PREVIOUS_ENDED);
      }
    } else if (next.served().isEmpty()) {
      assertThat(carriedOut).get().isInstanceOf(Wish.DeleteFeed.class);
      assertThat(next.deleted()).isTrue();
      happen(Happening.DELETED);
    } else if (before.served().isEmpty()) {
      assertThat(next.endOffsets()).isEmpty();
      happen(Happening.FIRST_SERVED);
    } else {
      String version = next.served().get();
      FeedVersion switched = new FeedVersion(feed, version);
      assertThat(next.previous()).as("what was served follows").isEqualTo(before.served());
      assertThat(next.switchedAt()).isEqualTo(now);
      if (before.previous().equals(next.served())) {
        assertThat(carriedOut)
            .get()
            .isInstanceOfSatisfying(
                Wish.Rollback.class, wish -> assertThat(wish.version()).isEqualTo(version));
        assertThat(next.endOffsets()).isEqualTo(before.endOffsets());
        happen(Happening.ROLLED_BACK);
        return;
      }
      assertThat(inputs.caughtUp()).contains(switched);
      assertThat(next.endOffsets()).isEqualTo(inputs.itemEnds());
      happen(Happening.PROMOTED);
      if (Objects.requireNonNull(catalogue.definitions(feed).get(switched)).hold()) {
        assertThat(carriedOut)
            .get()
            .isInstanceOfSatisfying(
                Wish.Promote.class, wish -> assertThat(wish.version()).isEqualTo(version));
        happen(Happening.PROMOTED_AS_WISHED);
      }
    }
  }

  private static boolean plays(Optional<FeedState> state, FeedVersion version) {
    Optional<String> name = Optional.of(version.version());
    return state
        .filter(of ->
            of.served().equals(name)
                || of.previous().equals(name)
                || of.candidate().equals(name)
                || of.removing().contains(version.version()))
        .isPresent();
  }

  private void happen(Happening happening) {
    happen(happening, 1);
  }

  private void happen(Happening happening, int times) {
    if (times > 0) {
      happened.merge(happening, times, Integer::sum);
    }
  }
}
