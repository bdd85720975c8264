package courtside.testkit.history;

import courtside.atproto.syntax.Tid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One account as its server knows it. Confined to one thread. */
final class Author {
  private static final Instant LONG_AGO = Instant.parse("2015-03-01T00:00:00Z");
  private static final int CLOCK_IDS = 1024;

  private final String did;
  private final RandomGenerator random;
  private final int clockId;
  private final Map<String, Writing> posts = new LinkedHashMap<>();
  private final List<String> gone = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private long lastMicros;
  private Instant lastStatusTime = Instant.EPOCH;
  private boolean active = true;

  Author(String did, RandomGenerator random) {
    this.did = did;
    this.random = random;
    this.clockId = random.nextInt(CLOCK_IDS);
  }

  String did() {
    return did;
  }

  /** The next revision: of this moment, or the first after the last one. */
  Tid revision(Instant time) {
    lastMicros = Math.max(ChronoUnit.MICROS.between(Instant.EPOCH, time), lastMicros + 1);
    return Tid.at(Instant.EPOCH.plus(lastMicros, ChronoUnit.MICROS), clockId);
  }

  /** The key of a new post: mostly a TID of this moment. */
  String newKey(Instant now, Pace pace) {
    String key;
    do {
      key =
          switch (random.nextInt(20)) {
            case 0 -> Tid.at(LONG_AGO.plusSeconds(random.nextInt(1_000_000)), clockId).value();
            case 1 -> Tid.at(now.plus(pace.days(30)), random.nextInt(CLOCK_IDS)).value();
            case 2, 3 -> "my-post_" + random.nextInt(1_000_000);
            default -> {
              Instant moment = now.plus(random.nextInt(1_000), ChronoUnit.MICROS);
              yield Tid.at(moment, random.nextInt(CLOCK_IDS)).value();
            }
          };
    } while (!keys.add(key));
    return key;
  }

  /** A post that is there, and none of these. */
  Optional<String> anyPost(Set<String> but) {
    return any(posts.keySet().stream().filter(key -> !but.contains(key)).toList());
  }

  /** The key of a post that is gone, and none of these. */
  Optional<String> anyGone(Set<String> but) {
    return any(gone.stream().filter(key -> !but.contains(key)).toList());
  }

  private Optional<String> any(List<String> keys) {
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(random.nextInt(keys.size())));
  }

  Optional<Writing> post(String key) {
    return Optional.ofNullable(posts.get(key));
  }

  void put(String key, Writing writing) {
    posts.put(key, writing);
    gone.remove(key);
  }

  void remove(String key) {
    if (posts.remove(key) != null) {
      gone.add(key);
    }
  }

  boolean active() {
    return active;
  }

  /** When it last said how it stands, by its frames. */
  Instant lastStatusTime() {
    return lastStatusTime;
  }

  void stands(boolean now, Instant frameTime) {
    active = now;
    lastStatusTime = frameTime;
  }
}
