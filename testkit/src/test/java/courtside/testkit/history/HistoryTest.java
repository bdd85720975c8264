package courtside.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Tid;
import courtside.eventlog.feed.FeedItem;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class HistoryTest {
  private static final Pace PACE =
      new Pace(Instant.parse("2026-06-30T12:00:00Z"), Duration.ofDays(1));
  private static final Pace FAST =
      new Pace(Instant.parse("2026-06-30T12:00:00Z"), Duration.ofMinutes(1));

  private static final Wanted EVERYTHING =
      new Wanted((_, _) -> true, Optional.empty(), PACE.days(3));

  private final Map<String, Integer> met = new TreeMap<>();

  @Test
  void isTheSameForTheSameSeed() {
    assertThat(History.of(5, PACE))
        .isEqualTo(History.of(5, PACE))
        .isNotEqualTo(History.of(6, PACE));
  }

  @Test
  void staysWithinItsTime() {
    for (Pace pace : List.of(PACE, FAST)) {
      for (History history : hundred(pace)) {
        Instant before = pace.begin();
        for (Step step : history.steps()) {
          assertThat(step.seen()).isBetween(before, pace.end());
          assertThat(step.seen()).isEqualTo(step.seen().truncatedTo(ChronoUnit.MILLIS));
          before = step.seen();
        }
      }
    }
  }

  /** A history in which little happens would be right whatever the pipeline does. */
  @Test
  void aHundredHaveEverythingThatMayHappen() {
    for (History history : hundred(PACE)) {
      meet(history);
      outcomes(history);
    }
    System.out.println("met in 100 histories: " + met);
    assertThat(met.keySet())
        .contains(
            "created",
            "updated",
            "deleted",
            "second life",
            "created where it was",
            "updated before it was seen",
            "again",
            "refused",
            "of the future",
            "taken later, of the future at first",
            "standing active",
            "standing deactivated",
            "standing suspended",
            "standing takendown",
            "standing deleted",
            "two standings at once",
            "an older standing",
            "no createdAt",
            "unreadable createdAt",
            "ancient createdAt",
            "future createdAt",
            "key of no moment",
            "answer",
            "quote",
            "picture",
            "label",
            "item held",
            "item hidden",
            "item expired",
            "item gone with its author");
  }

  private void meet(History history) {
    Map<String, String> revs = new HashMap<>();
    Set<String> there = new HashSet<>();
    Set<String> refused = new HashSet<>();
    Map<String, Instant> standings = new HashMap<>();
    for (Step step : history.steps()) {
      if (step.refused() > 0) {
        met("refused");
      }
      if (step.what().endsWith("of the future")) {
        met("of the future");
        refused.add(step.did());
      }
      for (Said said : step.says()) {
        switch (said) {
          case Said.Standing standing -> {
            met("standing " + standing.status().orElse("active"));
            Instant last = standings.put(step.did(), standing.frameTime());
            if (last != null && last.equals(standing.frameTime())) {
              met("two standings at once");
            } else if (last != null && last.isAfter(standing.frameTime())) {
              met("an older standing");
            }
          }
          case Said.OfPost ofPost -> {
            String uri = step.uri(ofPost.rkey());
            String before = revs.get(uri);
            if (before != null && before.compareTo(ofPost.rev()) >= 0) {
              met("again");
            } else {
              meet(ofPost, uri, before != null, there);
              revs.put(uri, ofPost.rev());
            }
            if (new Tid(ofPost.rev()).time().isAfter(step.seen()) && refused.contains(step.did())) {
              met("taken later, of the future at first");
            }
          }
        }
      }
    }
  }

  private void meet(Said.OfPost said, String uri, boolean known, Set<String> there) {
    switch (said) {
      case Said.Deleted _ -> {
        met("deleted");
        there.remove(uri);
      }
      case Said.Written written -> {
        boolean was = !there.add(uri);
        if (written.update()) {
          met(known ? "updated" : "updated before it was seen");
        } else {
          met(was ? "created where it was" : known ? "second life" : "created");
        }
        Writing writing = written.writing();
        Instant ancient = PACE.begin().minus(Duration.ofDays(300));
        met(
            writing
                .createdAt()
                .map(moment ->
                    moment.isBefore(ancient)
                        ? "ancient createdAt"
                        : moment.isAfter(PACE.end()) ? "future createdAt" : "createdAt")
                .orElse(writing.written().isPresent() ? "unreadable createdAt" : "no createdAt"));
        met(Tid.isValid(said.rkey()) ? "key of a moment" : "key of no moment");
        writing.answers().ifPresent(_ -> met("answer"));
        writing.shows().ifPresent(_ -> met("quote"));
        met(writing.pictures().isEmpty() ? "no picture" : "picture");
        met(writing.labels().isEmpty() ? "no label" : "label");
      }
    }
  }

  /** What becomes of items from one moment to the next. */
  private void outcomes(History history) {
    Map<String, FeedItem> before = Map.of();
    for (int day = 0; day <= Pace.DAYS; day++) {
      Instant now = PACE.begin().plus(PACE.days(day));
      Map<String, FeedItem> items = history.expected(EVERYTHING, now);
      Map<String, FeedItem> later = history.expected(EVERYTHING, now.plus(PACE.days(4)));
      items.forEach((uri, _) -> met("item held"));
      for (Map.Entry<String, FeedItem> gone : before.entrySet()) {
        if (items.containsKey(gone.getKey())) {
          continue;
        }
        if (!now.isBefore(gone.getValue().expiresAt())) {
          met("item expired");
        } else if (later.containsKey(gone.getKey())) {
          met("item hidden");
        } else {
          met("item left");
        }
      }
      before = items;
    }
    Map<String, Standings> standings = new HashMap<>();
    history
        .steps()
        .forEach(step ->
            step.says().stream()
                .filter(Said.Standing.class::isInstance)
                .forEach(said ->
                    standings
                        .computeIfAbsent(step.did(), _ -> new Standings(PACE))
                        .tell((Said.Standing) said, step.seen())));
    for (Step step : history.steps()) {
      Standings standing = standings.get(step.did());
      if (standing != null
          && step.says().stream().anyMatch(Said.Written.class::isInstance)
          && standing.hasTaken(step.seen(), PACE.end())) {
        met("item gone with its author");
      }
    }
  }

  private void met(String what) {
    met.merge(what, 1, Integer::sum);
  }

  private static List<History> hundred(Pace pace) {
    return LongStream.range(0, 100).mapToObj(seed -> History.of(seed, pace)).toList();
  }
}
