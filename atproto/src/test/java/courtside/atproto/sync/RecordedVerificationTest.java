package courtside.atproto.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.SharedFiles;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.Event;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.SyncMessage;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Datetime;
import courtside.atproto.syntax.Did;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Frames of real servers: all of them verify. */
final class RecordedVerificationTest {
  @Test
  void everyCommitOfTheNetworkPassesWhatCanBeSaidOfIt() throws IOException, MalformedDataException {
    Map<String, VerifyingKey> keys = new HashMap<>();
    for (String line : lines("vectors/derived/jetstream-did-keys.tsv")) {
      String[] columns = line.split("\t", -1);
      keys.put(columns[0], VerifyingKey.ofMultikey(columns[1]));
    }
    int commits = 0;
    for (Event event : events("vectors/derived/jetstream-frames.bin.gz", ByteOrder.LITTLE_ENDIAN)) {
      if (event instanceof CommitMessage commit) {
        commits++;
        VerifyingKey key = Objects.requireNonNull(keys.get(commit.did().value()));
        Verification verification =
            Verifier.verify(commit, at(commit).withKey(key).withActive(true));
        for (Level level : Level.values()) {
          // Each account is there once: nothing is known of what came before.
          if (level != Level.CHAIN) {
            assertPassed(verification, level, commit);
          }
        }
        assertThat(verification.failed()).isEmpty();
      }
    }
    assertThat(commits).isEqualTo(148);
  }

  @Test
  void everyEventOfAServerFollowsOnTheOneBefore() throws IOException, MalformedDataException {
    JsonNode keysOf =
        JsonMapper.builder().build().readTree(SharedFiles.bytes("recordings/pds.keys.json"));
    Map<Did, List<VerifyingKey>> keys = new HashMap<>();
    Map<Did, RepoState> states = new HashMap<>();
    int chained = 0;
    int commits = 0;
    int syncs = 0;
    for (Event event : events("recordings/pds.frames.gz", ByteOrder.BIG_ENDIAN)) {
      List<VerifyingKey> left = keys.computeIfAbsent(event.did(), did -> keys(keysOf, did));
      Circumstances circumstances = at(event);
      if (states.containsKey(event.did())) {
        circumstances = circumstances.withState(states.get(event.did()));
      }
      switch (event) {
        case CommitMessage commit -> {
          commits++;
          Verification verification = verify(commit, circumstances, left);
          for (Level level : List.of(Level.STRUCTURE, Level.OPERATIONS, Level.SIGNATURE)) {
            assertPassed(verification, level, event);
          }
          if (commit.prevData().isPresent()) {
            assertPassed(verification, Level.INVERSION, event);
          }
          if (circumstances.state().isPresent()) {
            assertPassed(verification, Level.CHAIN, event);
            chained++;
          }
          states.put(event.did(), verification.state().orElseThrow());
        }
        case SyncMessage sync -> {
          syncs++;
          Verification verification = Verifier.verify(sync, circumstances.withKey(left.getFirst()));
          assertPassed(verification, Level.STRUCTURE, event);
          assertThat(verification.of(Level.OPERATIONS)).isInstanceOf(Outcome.Unchecked.class);
          // Its server sends one beside a commit, too, and then it is no news.
          states.merge(
              event.did(),
              verification.state().orElseThrow(),
              (known, said) -> said.rev().compareTo(known.rev()) > 0 ? said : known);
        }
        default -> {
          // Says nothing of a repository.
        }
      }
    }
    assertThat(commits).isEqualTo(6691);
    assertThat(syncs).isEqualTo(90);
    assertThat(chained).isGreaterThan(6500);
  }

  /** With the account's key, or with its next one, which is then its key. */
  private static Verification verify(
      CommitMessage commit, Circumstances circumstances, List<VerifyingKey> left) {
    Verification verification = Verifier.verify(commit, circumstances.withKey(left.getFirst()));
    if (!verification.passed(Level.SIGNATURE) && left.size() > 1) {
      left.removeFirst();
      return Verifier.verify(commit, circumstances.withKey(left.getFirst()));
    }
    return verification;
  }

  private static List<VerifyingKey> keys(JsonNode keysOf, Did did) {
    List<VerifyingKey> keys = new ArrayList<>();
    try {
      for (JsonNode key : keysOf.path(did.value())) {
        keys.add(VerifyingKey.ofDidKey(key.asText()));
      }
    } catch (MalformedDataException e) {
      throw new AssertionError("a key of the recording", e);
    }
    return keys;
  }

  private static Circumstances at(Event event) {
    return Circumstances.at(Datetime.momentOf(event.time()).orElseThrow());
  }

  private static void assertPassed(Verification verification, Level level, Event event) {
    assertThat(verification.of(level))
        .as("%s of seq %d", level, event.seq())
        .isInstanceOf(Outcome.Passed.class);
  }

  private static List<Event> events(String name, ByteOrder order)
      throws IOException, MalformedDataException {
    ByteBuffer in = ByteBuffer.wrap(SharedFiles.bytes(name)).order(order);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] frame = new byte[in.getInt()];
      in.get(frame);
      if (Frame.read(frame) instanceof Event event) {
        events.add(event);
      }
    }
    return events;
  }

  private static List<String> lines(String name) throws IOException {
    return new String(SharedFiles.bytes(name), StandardCharsets.UTF_8).lines().toList();
  }
}
