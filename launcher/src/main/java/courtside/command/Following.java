package courtside.command;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.screen.Screen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Waits for what becomes of versions and wishes, and shows how far they are meanwhile. Whoever
 * interrupts it ends the looking and nothing else. Confined to one thread.
 */
final class Following {
  /** How long a processor may say nothing. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration SAY = Duration.ofSeconds(1);

  private final FeedsLog log;
  private final Screen screen;
  private final LongSupplier nanoTime;
  private final Duration patience;

  /** What there was to read when the looking began: who has read it has caught up. */
  private final List<Long> ends;

  private final List<Long> begins;
  private final long began;

  /** Versions that were seen to wait for their turn, so that another one was served before. */
  private final Set<FeedVersion> candidates = new LinkedHashSet<>();

  /**
   * Begins to look.
   *
   * @param patience how long a processor may say nothing
   */
  Following(FeedsLog log, Screen screen, LongSupplier nanoTime, Duration patience)
      throws InterruptedException {
    this.log = log;
    this.screen = screen;
    this.nanoTime = nanoTime;
    this.patience = patience;
    this.ends = log.ends();
    this.begins = log.begins();
    this.began = nanoTime.getAsLong();
  }

  /**
   * What is waited for.
   *
   * @param version the version to be served; empty where the feed is to go
   * @param wish the id of the wish that asks for it, where one does
   */
  record Target(RecordKey feed, Optional<FeedVersion> version, Optional<String> wish) {
    static Target of(FeedVersion version, Optional<String> wish) {
      return new Target(version.feed(), Optional.of(version), wish);
    }

    String name() {
      return version.map(FeedVersion::key).orElse(feed.value());
    }
  }

  /** How it stands with a target. */
  private sealed interface Verdict {
    /** It goes on. */
    record Open() implements Verdict {}

    /** It has come about. */
    record Done(String line) implements Verdict {}

    /** It will not, or nobody knows when. */
    record Failed(String line) implements Verdict {}
  }

  /**
   * Waits until all is decided, and says of each what became of it.
   *
   * @return whether all has come about
   * @throws InterruptedException if the thread is interrupted
   */
  boolean follow(List<Target> targets) throws InterruptedException {
    List<Target> open = new ArrayList<>(targets);
    boolean well = true;
    long said = nanoTime.getAsLong() - SAY.toNanos();
    while (true) {
      log.read();
      for (Target target : List.copyOf(open)) {
        Verdict verdict = verdict(target);
        if (verdict instanceof Verdict.Open) {
          continue;
        }
        open.remove(target);
        if (verdict instanceof Verdict.Done(String line)) {
          screen.line(line);
        } else if (verdict instanceof Verdict.Failed(String line)) {
          screen.line(line);
          well = false;
        }
      }
      if (open.isEmpty()) {
        screen.clearStatus();
        return well;
      }
      if (nanoTime.getAsLong() - said >= SAY.toNanos()) {
        said = nanoTime.getAsLong();
        screen.status(status(open));
      }
      Thread.sleep(LOOK);
    }
  }

  private Verdict verdict(Target target) {
    Optional<FeedState> state = log.catalogue().state(target.feed());
    Optional<FeedsLog.Answer> answer = target.wish().flatMap(log::answer);
    Optional<String> refusal = answer.flatMap(FeedsLog.Answer::refusal);
    if (refusal.isPresent()) {
      return new Verdict.Failed(
          target.name()
              + "  was refused: "
              + refusal.get()
              + ". What there is: courtside feeds list");
    }
    if (target.version().isEmpty()) {
      return answer.isPresent()
          ? new Verdict.Done(
              target.name()
                  + "  is deleted; what is left of it is being taken out. To have it again: courtside"
                  + " feeds apply FILE")
          : unanswered(target);
    }
    FeedVersion version = target.version().get();
    Optional<String> id = Optional.of(version.version());
    if (state.isPresent() && state.get().candidate().equals(id)) {
      candidates.add(version);
    }
    VersionProgress progress = log.progress(version, begins);
    if (state.isPresent() && state.get().served().equals(id)) {
      return answer.isPresent() || candidates.contains(version) || progress.hasPassed(ends)
          ? new Verdict.Done(target.name() + "  " + served(version, state.get()))
          : silent(version);
    }
    if (target.wish().isEmpty()
        && log.isHeld(version)
        && state.isPresent()
        && state.get().candidate().equals(id)
        && progress.hasPassed(ends)) {
      return new Verdict.Done(
          target.name()
              + "  has caught up and is held; to serve it: courtside feeds promote "
              + version.feed());
    }
    return outOfPlay(target, version, state)
        .orElseGet(() -> {
          boolean waitsForItsTurn = state.isPresent() && state.get().candidate().equals(id);
          return target.wish().isPresent() && !waitsForItsTurn
              ? unanswered(target)
              : silent(version);
        });
  }

  private static String served(FeedVersion version, FeedState state) {
    return "is served"
        + state
            .previous()
            .map(before ->
                "; before it "
                    + before
                    + ", back to which goes: courtside feeds rollback "
                    + version.feed())
            .orElse(", and has read the whole history");
  }

  /** A version that somebody else has put aside is not waited for. */
  private Optional<Verdict> outOfPlay(
      Target target, FeedVersion version, Optional<FeedState> state) {
    boolean gone = !log.catalogue().definitions(version.feed()).containsKey(version);
    // A feed that was deleted before is so until its new definition is looked at.
    if (gone && state.filter(FeedState::deleted).isPresent()) {
      return Optional.of(
          new Verdict.Failed(target.name() + "  will not be served: the feed was deleted"));
    }
    if (state.isPresent() && (gone || state.get().removing().contains(version.version()))) {
      return Optional.of(
          new Verdict.Failed(
              target.name()
                  + "  will not be served: a newer one took its place. What there is: courtside feeds"
                  + " list"));
    }
    Optional<String> id = Optional.of(version.version());
    if (candidates.contains(version) && state.isPresent() && state.get().previous().equals(id)) {
      return Optional.of(
          new Verdict.Failed(
              target.name()
                  + "  was served, and another one is now: somebody rolled it back. What there is:"
                  + " courtside feeds list"));
    }
    return wasReplaced(target)
        ? Optional.of(
            new Verdict.Failed(
                target.name()
                    + "  was not asked for in time: somebody wished something else of the feed. What"
                    + " there is: courtside feeds list"))
        : Optional.empty();
  }

  /** A later wish was dealt with and this one never was: so it never will be. */
  private boolean wasReplaced(Target target) {
    return target
        .wish()
        .filter(wish -> {
          Optional<String> newest = log.newestWish(target.feed());
          return !newest.equals(Optional.of(wish)) && newest.flatMap(log::answer).isPresent();
        })
        .isPresent();
  }

  private Verdict unanswered(Target target) {
    if (wasReplaced(target)) {
      return new Verdict.Failed(
          target.name()
              + "  was not changed: somebody wished something else of it. What there is: courtside"
              + " feeds list");
    }
    return nanoTime.getAsLong() - began > patience.toNanos()
        ? new Verdict.Failed(
            target.name()
                + "  is wished, but no processor has answered within "
                + patience.toSeconds()
                + " s. It is done as soon as one runs: courtside feeds list")
        : new Verdict.Open();
  }

  private Verdict silent(FeedVersion version) {
    return log.silence(version).compareTo(patience) > 0
        ? new Verdict.Failed(
            version
                + "  is written, but no processor has said anything of it for "
                + patience.toSeconds()
                + " s. It goes on as soon as one runs: courtside feeds list")
        : new Verdict.Open();
  }

  private String status(List<Target> open) {
    String name = open.size() == 1 ? open.getFirst().feed().value() : open.size() + " feeds";
    Optional<VersionProgress> together =
        open.stream()
            .flatMap(target -> target.version().stream())
            .map(version -> log.progress(version, begins))
            .filter(progress -> progress.sum().partitions() > 0)
            .reduce(VersionProgress::and);
    if (together.isEmpty()) {
      return name + "  waits for a processor";
    }
    boolean caughtUp =
        open.stream()
            .flatMap(target -> target.version().stream())
            .allMatch(version -> log.progress(version, begins).hasPassed(ends));
    return name
        + "  "
        + (caughtUp
            ? "has caught up, and is served once it has kept up for a while"
            : together.get().bar());
  }
}
