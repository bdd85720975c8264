package courtside.testkit.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.testkit.network.Evening;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SimulatedNetworkTest {
  private static final long SEED = 23;
  private static final Identities IDENTITIES = new Identities(SEED, 1);
  private static final Instant BEGAN = Instant.parse("2026-11-25T20:00:00Z");
  private static final Duration STEP = Duration.ofMillis(333);
  private static final int VOICES = new Evening(new SplittableRandom(1)).voices().size();

  @Test
  void everyFrameIsWhatAVerifyingReaderTakes() throws MalformedDataException {
    // Given
    SimulatedNetwork network = new SimulatedNetwork(IDENTITIES, 40);
    Onlooker onlooker = new Onlooker(IDENTITIES, VOICES);
    Instant now = BEGAN;
    long seq = 5_000_000;
    int frames = 0;

    // When
    while (frames < 5_500) {
      now = now.plus(STEP);
      List<Emission> emissions = network.next(now);
      assertThat(emissions).hasSizeBetween(1, 20);
      for (Emission emission : emissions) {
        seq++;
        byte[] frame = emission.frame(seq);
        assertThat(FrameKind.of(frame)).isEqualTo(kind(emission));
        onlooker.see(seq, frame, now);
        frames++;
      }
    }

    // Then all of it has happened
    assertThat(onlooker.seen().keySet())
        .as("seed %d", SEED)
        .contains(
            "identity",
            "sync",
            "account active",
            "account deactivated",
            "account takendown",
            "account deleted",
            "commit of 0",
            "commit of 1",
            "commit of 2",
            "commit of 3",
            "reply",
            "quote",
            "CREATE app.bsky.actor.profile",
            "CREATE app.bsky.feed.post",
            "CREATE app.bsky.feed.like",
            "CREATE app.bsky.feed.repost",
            "CREATE app.bsky.graph.follow",
            "CREATE app.bsky.feed.threadgate",
            "UPDATE app.bsky.feed.post",
            "DELETE app.bsky.feed.post",
            "DELETE app.bsky.feed.like",
            "DELETE app.bsky.feed.threadgate");
    // … and a key was rotated: more of these than accounts.
    assertThat(onlooker.seen().get("identity")).isGreaterThan(network.accounts().size());
    assertThatTheFoldIsTheTruth(onlooker, network);
  }

  private static FrameKind kind(Emission emission) {
    return switch (emission) {
      case Emission.Committed _ -> FrameKind.COMMIT;
      case Emission.Synced _ -> FrameKind.SYNC;
      case Emission.Identified _ -> FrameKind.IDENTITY;
      case Emission.StatusChanged _ -> FrameKind.ACCOUNT;
    };
  }

  private static void assertThatTheFoldIsTheTruth(Onlooker onlooker, SimulatedNetwork network)
      throws MalformedDataException {
    Map<Did, Boolean> active = new HashMap<>();
    for (Account account : network.accounts()) {
      active.put(account.did(), account.active());
      assertThat(onlooker.records(account.did()))
          .as("records of %s", account.did())
          .isEqualTo(records(account));
    }
    assertThat(onlooker.active()).isEqualTo(active).containsValue(false);
  }

  private static Map<RecordUri, Cid> records(Account account) throws MalformedDataException {
    Map<RecordUri, Cid> records = new HashMap<>();
    account
        .repository()
        .tree()
        .records()
        .forEach((key, cid) -> {
          int slash = key.value().indexOf('/');
          records.put(
              new RecordUri(
                  account.did(),
                  new Nsid(key.value().substring(0, slash)),
                  new RecordKey(key.value().substring(slash + 1))),
              cid);
        });
    return records;
  }

  @Test
  void sameIdentitiesAndTimesGiveTheSameFrames() {
    assertThat(frames(IDENTITIES, 400)).isEqualTo(frames(new Identities(SEED, 1), 400));
  }

  private static List<Bytes> frames(Identities identities, int acts) {
    SimulatedNetwork network = new SimulatedNetwork(identities);
    List<Bytes> frames = new ArrayList<>();
    Instant now = BEGAN;
    for (int i = 0; i < acts; i++) {
      now = now.plus(STEP);
      for (Emission emission : network.next(now)) {
        frames.add(Bytes.of(emission.frame(frames.size() + 1L)));
      }
    }
    return frames;
  }

  @Test
  void eachStartAndEachSeedHasAccountsOfItsOwn() {
    Set<Did> first = dids(IDENTITIES);
    for (Identities other : List.of(new Identities(SEED, 2), new Identities(SEED + 1, 1))) {
      Set<Did> both = new HashSet<>(first);
      both.retainAll(dids(other));
      assertThat(both).isEmpty();
    }
  }

  private static Set<Did> dids(Identities identities) {
    SimulatedNetwork network = new SimulatedNetwork(identities);
    Set<Did> dids = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      network.next(BEGAN).forEach(emission -> dids.add(emission.did()));
    }
    assertThat(dids).hasSizeGreaterThan(50);
    return dids;
  }

  @Test
  void revisionsRiseAndStayNearTheClockThoughItStandsOrGoesBack() throws MalformedDataException {
    SimulatedNetwork network = new SimulatedNetwork(IDENTITIES);
    Onlooker onlooker = new Onlooker(IDENTITIES, VOICES);
    Instant latest = BEGAN;
    long seq = 0;
    for (int i = 0; i < 900; i++) {
      // Stands for a hundred acts, goes back by a day for a hundred, goes on.
      Instant now =
          switch (i / 100 % 3) {
            case 0 -> latest;
            case 1 -> latest.minus(Duration.ofDays(1));
            default -> latest.plus(STEP);
          };
      latest = now.isAfter(latest) ? now : latest;
      for (Emission emission : network.next(now)) {
        // The onlooker holds time and revision of each against the latest time there was.
        onlooker.see(++seq, emission.frame(seq), latest);
      }
    }
    assertThat(onlooker.seen()).containsKey("CREATE app.bsky.feed.post");
  }

  @Test
  void takesTimesThatNoRevisionCanSay() {
    SimulatedNetwork network = new SimulatedNetwork(IDENTITIES);
    assertThat(network.next(Instant.MIN))
        .allSatisfy(emission -> assertThat(emission.time()).isEqualTo(Instant.EPOCH));
  }

  @Test
  void holdsNoMoreHoweverLongItRuns() {
    int most = 8;
    SimulatedNetwork network = new SimulatedNetwork(IDENTITIES, most);
    Instant now = BEGAN;
    int records = 0;
    for (int i = 0; i < 7_000; i++) {
      now = now.plus(STEP);
      network.next(now);
      if (i % 500 == 499) {
        records = 0;
        for (Account account : network.accounts()) {
          int held = size(account);
          assertThat(held).as("records of %s", account.did()).isLessThanOrEqualTo(most + 1);
          records += held;
        }
      }
    }
    assertThat(network.accounts()).hasSizeLessThanOrEqualTo(VOICES);
    assertThat(network.posts()).isEqualTo(Evening.MEMORY);
    // Far less than was written; and they do not all stand empty.
    assertThat(records).isBetween(VOICES, VOICES * (most + 1));
  }

  private static int size(Account account) {
    try {
      return account.repository().tree().records().size();
    } catch (MalformedDataException e) {
      throw new AssertionError("the tree of a repository is complete", e);
    }
  }
}
