package courtside.testkit.history;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes up what posts say. Confined to one thread. */
final class Pen {
  /** What feeds may look for. */
  static final List<String> WORDS = List.of("nba", "dunk", "chat", "weather");

  private static final List<List<String>> LANGS =
      List.of(
          List.of("en"),
          List.of("en"),
          List.of("en-US"),
          List.of("es"),
          List.of("es-419"),
          List.of("ES", "en"),
          List.of("pt-BR"),
          List.of("not a language"),
          List.of());
  private static final List<String> LABELS =
      List.of("porn", "graphic-media", "!no-unauthenticated");

  private final RandomGenerator random;
  private final Pace pace;
  private long number;

  Pen(RandomGenerator random, Pace pace) {
    this.random = random;
    this.pace = pace;
  }

  /** A moment that an author claims, and how that is written. */
  private record Claim(Optional<Instant> moment, Optional<String> written) {
    static Claim of(Instant moment) {
      return new Claim(Optional.of(moment), Optional.of(moment.toString()));
    }
  }

  /**
   * Something new.
   *
   * @param posts addresses that it may answer or show
   */
  Writing write(Instant now, List<String> posts) {
    Claim claim = claim(now);
    return new Writing(
        words(),
        claim.moment(),
        claim.written(),
        any(LANGS),
        oneIn(6) ? List.of("hoops") : List.of(),
        oneIn(6) ? List.of("https://example.com/" + random.nextInt(100)) : List.of(),
        pictures(),
        oneIn(8) ? List.of(any(LABELS)) : List.of(),
        oneIn(4) && !posts.isEmpty() ? Optional.of(any(posts)) : Optional.empty(),
        oneIn(6) && !posts.isEmpty() ? Optional.of(any(posts)) : Optional.empty());
  }

  /** The same, with a change or several. */
  Writing edit(Writing old, Instant now) {
    Claim claim = oneIn(4) ? claim(now) : new Claim(old.createdAt(), old.written());
    return new Writing(
        oneIn(4) ? old.words() : words(),
        claim.moment(),
        claim.written(),
        oneIn(3) ? any(LANGS) : old.langs(),
        old.tags(),
        old.links(),
        oneIn(4) ? pictures() : old.pictures(),
        oneIn(4) ? List.of(any(LABELS)) : old.labels(),
        oneIn(8) ? Optional.empty() : old.answers(),
        old.shows());
  }

  private List<String> words() {
    List<String> words = new ArrayList<>();
    for (String word : WORDS) {
      if (oneIn(3)) {
        words.add(word);
      }
    }
    words.add("no" + number++);
    return words;
  }

  private List<String> pictures() {
    return switch (random.nextInt(8)) {
      case 0 -> List.of("a dunk");
      case 1 -> List.of("", "the second one");
      default -> List.of();
    };
  }

  private Claim claim(Instant now) {
    return switch (random.nextInt(25)) {
      case 0, 1 -> new Claim(Optional.empty(), Optional.empty());
      case 2 -> new Claim(Optional.empty(), Optional.of("yesterday"));
      case 3 -> Claim.of(Instant.parse("2010-01-31T08:00:00Z"));
      case 4 -> Claim.of(Instant.parse("1961-04-12T06:07:00.123Z"));
      case 5 -> Claim.of(Instant.parse("2099-12-31T23:59:59.999999Z"));
      case 6 -> Claim.of(now.plus(pace.days(1 + random.nextInt(3))));
      case 7, 8, 9 -> Claim.of(now.minus(part(pace.days(14))));
      case 10 -> {
        Instant moment = now.minus(part(pace.day()));
        yield new Claim(
            Optional.of(moment), Optional.of(moment.atOffset(ZoneOffset.ofHours(2)).toString()));
      }
      case 11 -> Claim.of(now.minus(random.nextInt(1_000_000), ChronoUnit.MICROS));
      default -> Claim.of(now.minus(part(pace.day().dividedBy(100))));
    };
  }

  private Duration part(Duration most) {
    return Duration.ofMillis(random.nextLong(most.toMillis()));
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private boolean oneIn(int several) {
    return random.nextInt(several) == 0;
  }
}
