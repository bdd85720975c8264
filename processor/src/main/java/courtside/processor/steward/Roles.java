package courtside.processor.steward;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts that the versions of one feed play, while they are decided. A version plays one at
 * most. Confined to one decision.
 */
final class Roles {
  private final RecordKey feed;
  private final Steward.Inputs inputs;

  /** By version, the newest last. */
  private final SequencedMap<String, FeedDefinition> defined = new LinkedHashMap<>();

  private final Set<FeedVersion> gone = new LinkedHashSet<>();
  private @Nullable String served;
  private @Nullable String previous;
  private @Nullable String candidate;
  private final Set<String> removing = new LinkedHashSet<>();
  private boolean deleted;
  private Instant switchedAt;
  private List<Long> endOffsets = List.of();
  private Optional<String> wish = Optional.empty();
  private Optional<String> refusal = Optional.empty();

  /** What is served changes once in a decision: readers get to see each state. */
  private boolean switched;

  Roles(
      RecordKey feed,
      Optional<FeedState> state,
      SequencedMap<FeedVersion, FeedDefinition> definitions,
      Steward.Inputs inputs) {
    this.feed = feed;
    this.inputs = inputs;
    this.switchedAt = inputs.now();
    definitions.forEach((version, definition) -> defined.put(version.version(), definition));
    state.ifPresent(this::take);
  }

  private void take(FeedState state) {
    served = state.served().orElse(null);
    previous = state.previous().orElse(null);
    candidate = state.candidate().orElse(null);
    removing.addAll(state.removing());
    deleted = state.deleted();
    switchedAt = state.switchedAt();
    endOffsets = state.endOffsets();
    wish = state.wish();
    refusal = state.refusal();
  }

  /** Decides all that is to be decided now. */
  void decide(Optional<Wish.OfFeed> wanted) {
    Optional<Wish.OfFeed> open = wanted.filter(asked -> !wish.equals(Optional.of(asked.id())));
    forgetRemoved();
    if (open.isPresent() && open.get() instanceof Wish.DeleteFeed) {
      delete();
      deal(open.get());
      return;
    }
    takeNewest();
    open.ifPresent(this::carryOut);
    if (!switched && candidate != null && !isHeld(candidate) && isCaughtUp(candidate)) {
      promote(candidate);
    }
    if (!switched
        && previous != null
        && !inputs.now().isBefore(switchedAt.plus(inputs.previousFor()))) {
      removing.add(previous);
      previous = null;
    }
  }

  /** Versions of which nothing is left any more. */
  Set<FeedVersion> gone() {
    return gone;
  }

  FeedState state() {
    return new FeedState(
        Optional.ofNullable(served),
        Optional.ofNullable(previous),
        Optional.ofNullable(candidate),
        List.copyOf(removing),
        deleted,
        switchedAt,
        endOffsets,
        wish,
        refusal,
        Optional.of(sets()));
  }

  private Map<String, String> sets() {
    Map<String, String> sets = new HashMap<>();
    defined.forEach((version, definition) -> sets.put(version, definition.set()));
    return sets;
  }

  /** What every task has taken out is forgotten; what has no definition nobody can take out. */
  private void forgetRemoved() {
    for (String version : List.copyOf(removing)) {
      FeedDefinition definition = defined.get(version);
      FeedVersion removed = new FeedVersion(feed, version);
      if (definition == null || isRemoved(removed, definition.set())) {
        removing.remove(version);
        defined.remove(version);
        gone.add(removed);
      }
    }
  }

  private boolean isRemoved(FeedVersion version, String set) {
    for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
      FeedStatus status = inputs.statuses().get(version.statusKey(partition));
      if (status == null || !status.removed().equals(Optional.of(set))) {
        return false;
      }
    }
    return true;
  }

  private void delete() {
    removing.addAll(defined.keySet());
    // What plays a part without a definition is not forgotten without a word: the next turn says
    // that nothing is left of it.
    for (@Nullable String version : new @Nullable String[] {served, previous, candidate}) {
      if (version != null) {
        removing.add(version);
      }
    }
    if (served != null) {
      switchedAt = inputs.now();
    }
    served = null;
    previous = null;
    candidate = null;
    endOffsets = List.of();
    deleted = true;
  }

  /**
   * The newest that plays no other part is the candidate, or is served where nothing is; whatever
   * else plays no part was overtaken before anybody saw it, and is removed.
   */
  private void takeNewest() {
    List<String> open = new ArrayList<>();
    for (String version : defined.keySet()) {
      if (!version.equals(served) && !version.equals(previous) && !removing.contains(version)) {
        open.add(version);
      }
    }
    candidate = null;
    if (open.isEmpty()) {
      return;
    }
    String newest = open.removeLast();
    removing.addAll(open);
    if (served == null) {
      // While it fills.
      served = newest;
      deleted = false;
      switchedAt = inputs.now();
      endOffsets = List.of();
      switched = true;
    } else {
      candidate = newest;
    }
  }

  private void carryOut(Wish.OfFeed asked) {
    switch (asked) {
      case Wish.Promote it -> {
        if (it.version().equals(served)) {
          deal(asked);
        } else if (!it.version().equals(candidate)) {
          refuse(asked, it.version() + " is no candidate");
        } else if (isCaughtUp(it.version())) {
          promote(it.version());
          deal(asked);
        }
      }
      case Wish.Rollback it -> {
        if (it.version().equals(served)) {
          deal(asked);
        } else if (it.version().equals(previous)) {
          rollBack();
          deal(asked);
        } else {
          refuse(asked, it.version() + " does not follow the log any more");
        }
      }
      case Wish.DeleteFeed _ -> throw new IllegalStateException("carried out before the others");
    }
  }

  private void promote(String version) {
    if (previous != null) {
      removing.add(previous);
    }
    previous = served;
    served = version;
    candidate = null;
    switchedAt = inputs.now();
    endOffsets = inputs.itemEnds();
    switched = true;
  }

  /**
   * The end offsets stay: a replica that has passed them has both versions whole, and one that has
   * not still serves the other one, or would be sent to one that it has half of.
   */
  private void rollBack() {
    String other = served;
    served = previous;
    previous = other;
    switchedAt = inputs.now();
    switched = true;
  }

  private void deal(Wish.OfFeed asked) {
    wish = Optional.of(asked.id());
    refusal = Optional.empty();
  }

  private void refuse(Wish.OfFeed asked, String why) {
    wish = Optional.of(asked.id());
    refusal = Optional.of(why);
  }

  private boolean isHeld(String version) {
    FeedDefinition definition = defined.get(version);
    return definition == null || definition.hold();
  }

  private boolean isCaughtUp(String version) {
    return inputs.caughtUp().contains(new FeedVersion(feed, version));
  }
}
