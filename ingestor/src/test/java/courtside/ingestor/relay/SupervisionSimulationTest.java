package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.heartbeat.HeartbeatSettings;
import courtside.ingestor.heartbeat.HeartbeatSettings.Mode;
import courtside.ingestor.relay.Ending.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The supervision against relays that behave, fall silent, flap, refuse, drip and close, in virtual
 * time: one simulated hour for each seed, one event a second with bursts, both modes of the
 * heartbeat in turn. The rules that are checked are stated here again, on the simulation's own
 * record of what each relay sent. {@code -Dcourtside.simulations=10000} runs as many seeds.
 */
final class SupervisionSimulationTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final long HOUR = 3_600 * SECOND;
  private static final long TIMEOUT = 20 * SECOND;
  private static final RelaySettings SETTINGS = RelaySettings.DEFAULT;

  /** How late the watcher's timer may be. */
  private static final long MOST_LATE = 200 * MILLI;

  @Test
  void noRelayThatSendsIsGivenUpAndNoneThatIsSilentIsKept() {
    int seeds = Integer.getInteger("courtside.simulations", 300);
    Figures figures = new Figures();
    for (long seed = 0; seed < seeds; seed++) {
      new World(seed, figures).run();
    }
    System.out.println(figures);
    // then: everything was simulated that the rules speak of
    for (Mode mode : Mode.values()) {
      assertThat(figures.detections(mode)).as("%s", mode).hasSizeGreaterThan(seeds / 2);
    }
    for (Behaviour behaviour : Behaviour.values()) {
      assertThat(figures.behaviours.getOrDefault(behaviour, 0L))
          .as("%s", behaviour)
          .isGreaterThan(seeds / 4);
    }
    assertThat(figures.sleeps).isGreaterThan(seeds / 4);
    assertThat(figures.overslept).isGreaterThan(seeds / 8);
    assertThat(figures.blocked).isGreaterThan(seeds / 4);
    assertThat(figures.lateFrames).isGreaterThan(seeds / 4);
    assertThat(figures.askedToWait).isGreaterThan(seeds / 4);
    assertThat(figures.longMessages).isGreaterThan(seeds / 4);
    assertThat(figures.trickles).isGreaterThan(seeds / 100);
  }

  /** What the runs saw together. */
  private static final class Figures {
    /** How many timeouts each stall took to be detected. */
    private final Map<Mode, List<Double>> detections = new EnumMap<>(Mode.class);

    private final Map<Behaviour, Long> behaviours = new EnumMap<>(Behaviour.class);
    private long dials;
    private long frames;
    private long sleeps;
    private long overslept;
    private long blocked;
    private long lateFrames;
    private long askedToWait;
    private long longMessages;
    private long trickles;

    private List<Double> detections(Mode mode) {
      return detections.computeIfAbsent(mode, _ -> new ArrayList<>());
    }

    private String ratios(Mode mode) {
      DoubleSummaryStatistics all =
          detections(mode).stream().mapToDouble(ratio -> ratio).summaryStatistics();
      return String.format(
          Locale.ROOT,
          "%s: %d stalls detected after %.4f to %.4f timeouts",
          mode,
          all.getCount(),
          all.getMin(),
          all.getMax());
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "simulation figures: %s; %s; dials %d, frames %d, sleeps %d (granted %d), blocked %d, late"
              + " frames %d, Retry-After %d, long messages %d, trickles %d, %s",
          ratios(Mode.DEADLINE),
          ratios(Mode.PERIODIC),
          dials,
          frames,
          sleeps,
          overslept,
          blocked,
          lateFrames,
          askedToWait,
          longMessages,
          trickles,
          behaviours);
    }
  }

  /** What a relay does with one connection. */
  private enum Behaviour {
    /** Sends, and never pauses for as long as the timeout. */
    SENDS,
    /** Sends, and at some time no more; the socket stays open. */
    FALLS_SILENT,
    /** Opens, and sends nothing ever. */
    MUTE,
    /** Opens and closes at once, or after a few frames. */
    FLAPS,
    /** Answers 503, or 429 with a Retry-After. */
    REFUSES,
    /** Answers 404. */
    REJECTS,
    /** Accepts TCP, and never answers the upgrade. */
    NEVER_OPENS,
    /** Sends, then one message that takes long, and goes on. */
    LONG_MESSAGE,
    /** Sends, then a message that drips a byte a second for ever. */
    DRIPS,
    /** Sends, then a message at a fair rate that never ends. */
    ENDLESS_MESSAGE,
    /** Sends, and closes. */
    CLOSES,
    /** Sends, then a frame in a while, for minutes. */
    TRICKLES,
  }

  /** Something that will happen; of equal times the one that was planned first. */
  private record Plan(long at, long order, Runnable what) {}

  /** One seed: a supervision, the relay, and the record of what it sent. */
  private static final class World {
    private final long seed;
    private final Figures figures;
    private final Random random;
    private final Mode mode;
    private final Supervision supervision;
    private final PriorityQueue<Plan> plans =
        new PriorityQueue<>((a, b) ->
            a.at() == b.at()
                ? Long.compare(a.order(), b.order())
                : Long.compare(a.at() - b.at(), 0));
    private final long start;
    private final long end;
    private final double perSecond;
    private final boolean tricklesToday;

    private long now;
    private long order;
    private long wakeAt;
    private long wakeNumber;
    private boolean asleep;
    private boolean slept;
    private long sleptTill;
    private final List<Runnable> waiting = new ArrayList<>();

    private boolean wanted;
    private String relay = "one";
    private @Nullable Link link;
    private long open;
    private final Map<String, Long> notBefore = new HashMap<>();
    private final Map<String, Integer> failures = new HashMap<>();
    private int failedHere;
    private final Map<String, Long> lastTrickle = new HashMap<>();
    private boolean changed;
    private boolean undrained;
    private long drainedAt;

    World(long seed, Figures figures) {
      this.seed = seed;
      this.figures = figures;
      this.random = new Random(seed);
      this.mode = seed % 2 == 0 ? Mode.DEADLINE : Mode.PERIODIC;
      HeartbeatSettings heartbeat =
          new HeartbeatSettings(Duration.ofSeconds(20), Duration.ofSeconds(10), 2, mode);
      this.supervision = new Supervision(SETTINGS.withHeartbeat(heartbeat), new Random(~seed));
      // Some runs pass the end of the numbers.
      this.start = seed % 3 == 0 ? Long.MAX_VALUE - random.nextLong(HOUR) : random.nextLong();
      this.end = start + HOUR;
      this.now = start;
      this.drainedAt = start;
      this.tricklesToday = seed % 20 >= 18;
      this.perSecond = tricklesToday ? 4 : 1;
    }

    /** One connection, as the relay and the network know it. */
    private final class Link {
      private final long generation;
      private final String relay;
      private final Behaviour behaviour;
      private final long dialledAt = now;
      private boolean opened;
      private boolean over;
      private boolean aborted;
      private boolean paused;

      /** When the relay last sent what counts. */
      private long lastSent;

      /** When this process last took what counts. */
      private long lastLife;

      /** When this process saw the first of the long message. */
      private long messageAt;

      private boolean messageSeen;
      private boolean trickling;
      private boolean holding;
      private final ArrayDeque<Runnable> wire = new ArrayDeque<>();
      private long frames;
      private long firstFrame;
      private boolean stable;
      private final ArrayDeque<Long> recent = new ArrayDeque<>();

      Link(long generation, String relay, Behaviour behaviour) {
        this.generation = generation;
        this.relay = relay;
        this.behaviour = behaviour;
      }
    }

    private AssertionError failure(String what) {
      return new AssertionError(
          String.format(
              Locale.ROOT,
              "seed %d, mode %s, after %.6f s: %s",
              seed,
              mode,
              (now - start) / 1e9,
              what));
    }

    private void require(boolean holds, String what) {
      if (!holds) {
        throw failure(what);
      }
    }

    private void plan(long at, Runnable what) {
      plans.add(new Plan(at, order++, what));
    }

    private long between(long least, long most) {
      return least + random.nextLong(most - least + 1);
    }

    void run() {
      wanted = true;
      act(supervision.read(relay));
      planDisturbance();
      wake();
      while (!plans.isEmpty()) {
        Plan next = plans.remove();
        if (next.at() - end >= 0) {
          break;
        }
        require(next.at() - now >= 0, "the simulation went back in time");
        now = next.at();
        next.what().run();
        watchForMissedStalls();
      }
    }

    /** As the owner must: after every event, look at what is due and sleep to the deadline. */
    private void wake() {
      act(supervision.tick(now));
      OptionalLong deadline = supervision.nextDeadline(now);
      long number = ++wakeNumber;
      if (deadline.isPresent()) {
        long due = deadline.getAsLong() - now > 0 ? deadline.getAsLong() : now;
        // A timer is never early, and not late for longer than this.
        wakeAt = due;
        long late = random.nextInt(8) == 0 ? between(0, MOST_LATE) : between(0, MILLI);
        plan(
            due + late,
            () -> {
              if (number == wakeNumber) {
                event(this::wake);
              }
            });
      }
    }

    /** While the process is stopped nothing happens in it; what came waits. */
    private void event(Runnable what) {
      if (asleep) {
        waiting.add(what);
      } else {
        what.run();
      }
    }

    private void act(List<Action> actions) {
      for (Action action : actions) {
        switch (action) {
          case Action.Dial(long generation) -> dial(generation);
          case Action.Abort(long generation, Ending why) -> abort(generation, why);
          case Action.Ping(long generation) ->
              require(
                  of(generation).opened && !of(generation).aborted, "a ping on what is not open");
          case Action.Warn(String _, String message, Duration _) ->
              figures.overslept += message.contains("slept") ? 1 : 0;
          case Action.Ended ended -> ended(ended);
        }
      }
    }

    /** The connection that there is, which must be that one. */
    private Link of(long generation) {
      Link present = link;
      if (present == null || present.generation != generation) {
        throw failure("connection " + generation + " is not there");
      }
      return present;
    }

    private void dial(long generation) {
      figures.dials++;
      require(wanted, "a dial that nobody wants");
      require(open == 0, "a dial beside a connection that has not ended");
      require(!undrained, "a dial before all was taken that the last one brought");
      open++;
      Long earliest = notBefore.get(relay);
      require(
          earliest == null || now - earliest >= 0,
          "a dial " + (earliest == null ? 0 : (earliest - now) / 1e9) + " s too early");
      require(
          earliest == null
              || changed
              || now - earliest <= 2 * MOST_LATE
              || now - drainedAt <= 2 * MOST_LATE
              || (slept && sleptTill - earliest >= 0),
          "a dial that came late");
      changed = false;
      Link next = new Link(generation, relay, choose());
      link = next;
      figures.behaviours.merge(next.behaviour, 1L, Long::sum);
      plan(now + between(MILLI, 800 * MILLI), script(next));
    }

    private Behaviour choose() {
      if (tricklesToday) {
        return random.nextInt(4) == 0 ? Behaviour.CLOSES : Behaviour.TRICKLES;
      }
      Behaviour[] all = Behaviour.values();
      return random.nextInt(3) == 0 ? Behaviour.SENDS : all[random.nextInt(all.length - 1)];
    }

    private Runnable script(Link of) {
      return () -> {
        if (of.over) {
          return;
        }
        switch (of.behaviour) {
          case REFUSES -> {
            Optional<Duration> after =
                random.nextBoolean()
                    ? Optional.of(Duration.ofSeconds(between(1, 120)))
                    : Optional.empty();
            over(of, new Ending(Reason.REFUSED, "429"), after);
          }
          case REJECTS -> over(of, new Ending(Reason.REJECTED, "404"), Optional.empty());
          case NEVER_OPENS -> {
            // Nothing more.
          }
          default -> {
            of.opened = true;
            of.lastSent = now;
            of.lastLife = now;
            event(() -> {
              supervision.opened(of.generation, now);
              wake();
            });
            begin(of);
          }
        }
      };
    }

    private void begin(Link of) {
      long more = between(0, 300 * SECOND);
      switch (of.behaviour) {
        case MUTE -> {
          // Nothing ever.
        }
        case FLAPS -> {
          if (random.nextBoolean()) {
            plan(now + between(0, 50 * MILLI), () -> send(of));
          }
          plan(
              now + between(100 * MILLI, 3 * SECOND),
              () -> over(of, new Ending(Reason.CLOSED, "1000"), Optional.empty()));
        }
        case CLOSES -> {
          sends(of, now + more);
          plan(
              now + more + between(0, 10 * SECOND),
              () -> over(of, new Ending(Reason.BROKEN, "1006"), Optional.empty()));
        }
        case SENDS -> sends(of, now + HOUR);
        case FALLS_SILENT -> sends(of, now + more);
        case LONG_MESSAGE, DRIPS, ENDLESS_MESSAGE -> {
          sends(of, now + more);
          plan(now + more + 1, () -> message(of));
        }
        case TRICKLES -> {
          plan(now + between(700 * SECOND, 1_500 * SECOND), () -> of.trickling = true);
          sends(of, now + HOUR);
        }
        default -> throw failure("no script for " + of.behaviour);
      }
    }

    /** Sends until then; the pause before the next frame is below the timeout. */
    private void sends(Link of, long until) {
      long pause;
      if (of.trickling) {
        pause = between(10 * SECOND, 18 * SECOND);
      } else if (random.nextInt(150) == 0 && !of.paused) {
        // Long, but no two of them in a row: that would be a trickle.
        pause = between(10 * SECOND, TIMEOUT - MOST_LATE);
        of.paused = true;
      } else {
        of.paused = false;
        pause = (long) (Math.min(-Math.log(1 - random.nextDouble()) / perSecond, 8) * SECOND);
      }
      long at = now + pause;
      if (at - until > 0) {
        return;
      }
      plan(
          at,
          () -> {
            if (of.over) {
              return;
            }
            int burst = !of.trickling && random.nextInt(200) == 0 ? (int) between(2, 60) : 1;
            for (int i = 0; i < burst; i++) {
              send(of);
            }
            sends(of, until);
          });
    }

    /** A frame is on the wire; it is seen once this process reads. */
    private void send(Link of) {
      if (!of.over) {
        of.lastSent = now;
        onTheWire(of, () -> receive(of));
      }
    }

    /** Comes in order; what the socket's thread does not take stays in the socket. */
    private void onTheWire(Link of, Runnable what) {
      of.wire.add(what);
      event(() -> drain(of));
    }

    private static void drain(Link of) {
      while (!of.holding && !of.over && !of.wire.isEmpty()) {
        of.wire.remove().run();
      }
    }

    private void receive(Link of) {
      figures.frames++;
      var _ = supervision.received(of.generation, now);
      life(of);
      of.recent.add(now);
      while (now - of.recent.getFirst() > 60 * SECOND) {
        of.recent.removeFirst();
      }
      if (of.frames++ == 0) {
        of.firstFrame = now;
      }
      if (!of.stable && (of.frames >= 1_000 || now - of.firstFrame >= 30 * SECOND) && !of.aborted) {
        of.stable = true;
        failures.put(of.relay, 0);
        failedHere = 0;
      }
      if (random.nextInt(3_000) == 0) {
        of.holding = true;
        figures.blocked++;
        plan(now + between(SECOND, 120 * SECOND), () -> event(() -> took(of)));
      } else {
        supervision.taken(of.generation, now);
      }
    }

    private void took(Link of) {
      of.holding = false;
      supervision.taken(of.generation, now);
      life(of);
      drain(of);
    }

    private void life(Link of) {
      if (!of.aborted) {
        of.lastLife = now;
      }
    }

    private void message(Link of) {
      if (of.over) {
        return;
      }
      figures.longMessages++;
      switch (of.behaviour) {
        case LONG_MESSAGE -> {
          long ends = now + between(SECOND, 59 * SECOND);
          // Up to 100 KB/s, and at least a little more than must be.
          part(of, ends, (int) between(11_000, 100_000), true);
          plan(
              ends,
              () -> {
                send(of);
                sends(of, now + HOUR);
              });
        }
        case DRIPS -> part(of, now + HOUR, 1, false);
        default -> part(of, now + HOUR, 50_000, true);
      }
    }

    private void part(Link of, long until, int bytes, boolean counts) {
      if (of.over || now - until >= 0) {
        return;
      }
      boolean young = !of.messageSeen || now - of.messageAt < 60 * SECOND;
      of.lastSent = counts && young ? now : of.lastSent;
      onTheWire(
          of,
          () -> {
            if (!of.messageSeen) {
              of.messageSeen = true;
              of.messageAt = now;
            }
            supervision.payload(of.generation, bytes, now);
            if (counts && now - of.messageAt < 60 * SECOND) {
              life(of);
            }
          });
      plan(now + SECOND, () -> part(of, until, bytes, counts));
    }

    private void over(Link of, Ending ending, Optional<Duration> retryAfter) {
      if (of.over || of.aborted) {
        return;
      }
      of.over = true;
      plan(now + between(0, 5 * MILLI), () -> event(() -> tellEnd(of, ending, retryAfter)));
    }

    private void tellEnd(Link of, Ending ending, Optional<Duration> retryAfter) {
      open--;
      this.retryAfter = retryAfter;
      List<Action> actions = supervision.ended(of.generation, ending, retryAfter, now);
      act(actions);
      wake();
      if (!actions.isEmpty()) {
        // Mostly what it brought is taken long before the next dial.
        undrained = true;
        long took = random.nextInt(8) == 0 ? between(0, 90 * SECOND) : between(0, 50 * MILLI);
        plan(now + took, () -> event(() -> tellDrained(of)));
      }
    }

    private void tellDrained(Link of) {
      if (of.equals(link)) {
        undrained = false;
        drainedAt = now;
      }
      supervision.drained(of.generation);
      wake();
    }

    private Optional<Duration> retryAfter = Optional.empty();

    private void ended(Action.Ended ended) {
      int failed = failures.merge(ended.relay(), 1, Integer::sum);
      failedHere += ended.relay().equals(relay) ? 1 : 0;
      require(
          supervision.failedAttempts() == failedHere,
          "failed attempts are " + supervision.failedAttempts() + " and not " + failedHere);
      long full = Math.min(1L << Math.min(failed - 1, 10), 30) * SECOND;
      long least = full / 2;
      long most = full;
      if (ended.ending().reason() == Reason.REJECTED) {
        least = 30 * SECOND;
        most = 30 * SECOND;
      }
      if (retryAfter.isPresent()) {
        figures.askedToWait++;
        least = Math.max(least, retryAfter.get().toNanos());
        most = Math.max(most, retryAfter.get().toNanos());
      }
      long delay = ended.delay().toNanos();
      require(
          delay >= least && delay <= most,
          "after " + failed + " failures a wait of " + delay / 1e9 + " s");
      notBefore.put(ended.relay(), now + delay);
      changed = false;
    }

    private void abort(long generation, Ending why) {
      Link of = of(generation);
      require(!of.aborted, "aborted twice");
      of.aborted = true;
      switch (why.reason()) {
        case STALLED -> judgeStall(of, why);
        case DIAL_TIMEOUT -> {
          require(!of.opened || (slept && sleptTill - of.dialledAt >= 0), "a dial that was done");
          require(now - of.dialledAt >= 10 * SECOND, "a dial given up early");
        }
        default -> {
          // Wanted by the simulation itself.
        }
      }
      boolean said = of.over;
      of.over = true;
      if (!said) {
        plan(now + between(0, 50 * MILLI), () -> event(() -> tellEnd(of, why, Optional.empty())));
      }
      // What was in the socket may still come, even when the next connection is there.
      if (random.nextInt(2) == 0) {
        for (int i = 0; i < 40; i++) {
          plan(
              now + between(0, 60 * SECOND),
              () ->
                  event(() -> {
                    figures.lateFrames++;
                    var _ = supervision.received(of.generation, now);
                    supervision.taken(of.generation, now);
                  }));
        }
      }
    }

    private void judgeStall(Link of, Ending why) {
      require(!of.holding, "the relay was blamed while this process took nothing");
      if (why.detail().startsWith("far fewer")) {
        figures.trickles++;
        long count = of.recent.stream().filter(at -> now - at <= 60 * SECOND).count();
        require(count < 60 * perSecond / 20 * 1.5, "a trickle of " + count + " frames in a minute");
        Long before = lastTrickle.put(of.relay, now);
        require(
            before == null || now - before >= 300 * SECOND,
            "two reconnections for a trickle within five minutes");
        return;
      }
      if (of.behaviour == Behaviour.ENDLESS_MESSAGE && of.messageSeen) {
        require(now - of.messageAt >= 60 * SECOND, "a message was given up early");
        return;
      }
      long sent = now - of.lastSent;
      require(of.over || sent >= TIMEOUT, "given up " + sent / 1e9 + " s after it sent");
      if (slept && sleptTill - of.lastLife >= 0) {
        return;
      }
      // By when the look was due: how late the timer is, is not a periodic monitor's doing.
      boolean byDue = mode == Mode.PERIODIC && wakeAt - now < 0;
      double ratio = (double) ((byDue ? wakeAt : now) - of.lastLife) / TIMEOUT;
      figures.detections(mode).add(ratio);
      require(ratio <= bound(), "detected after " + ratio + " timeouts");
    }

    private double bound() {
      return mode == Mode.PERIODIC ? 2.0 : 1.05;
    }

    private void watchForMissedStalls() {
      Link of = link;
      if (of != null && !of.opened && !of.over && !of.aborted && !asleep) {
        long dialled = slept && sleptTill - of.dialledAt >= 0 ? sleptTill : of.dialledAt;
        require(
            now - dialled <= 10 * SECOND + 2 * MOST_LATE + SECOND,
            "dialling for " + (now - dialled) / 1e9 + " s");
      }
      if (of == null || !of.opened || of.over || of.aborted || of.holding || asleep || !wanted) {
        return;
      }
      boolean sleptSince = slept && sleptTill - of.lastLife >= 0;
      long silence = now - (sleptSince ? sleptTill : of.lastLife);
      long allowance = 2 * MOST_LATE + (sleptSince ? 11 * SECOND : 0);
      require(
          silence <= bound() * TIMEOUT + allowance,
          of.behaviour + " is silent for " + silence / 1e9 + " s and was kept");
    }

    private void planDisturbance() {
      plan(
          now + between(30 * SECOND, 400 * SECOND),
          () -> {
            switch (random.nextInt(6)) {
              case 0, 1 -> sleep();
              case 2 ->
                  event(() -> {
                    act(supervision.reconnect(new Ending(Reason.CLOSED, "the pump wants it")));
                    wake();
                  });
              case 3 ->
                  event(() -> {
                    wanted = false;
                    undrained = false;
                    act(supervision.stop());
                    wake();
                    plan(now + between(MILLI, 20 * SECOND), () -> event(this::read));
                  });
              case 4 ->
                  event(() -> {
                    if (random.nextBoolean()) {
                      String other = relay.equals("one") ? "two" : "one";
                      failedHere = 0;
                      relay = other;
                    }
                    read();
                  });
              default -> {
                // Calm.
              }
            }
            planDisturbance();
          });
    }

    private void read() {
      wanted = true;
      changed = true;
      undrained = false;
      act(supervision.read(relay));
      wake();
    }

    private void sleep() {
      if (asleep) {
        return;
      }
      asleep = true;
      figures.sleeps++;
      // Up to two periods are no sleep that the monitor can know of.
      boolean brief = random.nextInt(4) == 0;
      long length =
          brief ? between(MILLI, MOST_LATE / 2) : between(20 * SECOND + MILLI, 200 * SECOND);
      plan(
          now + length,
          () -> {
            asleep = false;
            slept = true;
            sleptTill = now;
            // The threads wake in any order; the watcher may be the first.
            List<Runnable> all = new ArrayList<>(waiting);
            waiting.clear();
            Runnable watcher = this::wake;
            if (random.nextBoolean()) {
              watcher.run();
            }
            plan(
                now + between(MILLI, brief ? MOST_LATE / 2 : SECOND),
                () -> all.forEach(Runnable::run));
          });
    }
  }
}
