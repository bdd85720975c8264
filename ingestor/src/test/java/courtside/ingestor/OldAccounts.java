package courtside.ingestor;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.repo.Repository;
import courtside.atproto.repo.Write;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.Tid;
import courtside.testkit.accounts.Emission;
import courtside.testkit.accounts.Identities;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Accounts that have liked thousands of posts, and go on: each commit likes a post and takes an old
 * like back. The nodes of the tree that prove it are most of the frame, as they are on the network.
 * Confined to one thread.
 */
final class OldAccounts {
  private static final int LIKED_BEFORE = 2_000;
  private static final int HALF_DIGEST = 16;
  private static final Nsid LIKE = new Nsid("app.bsky.feed.like");

  private final Identities identities;
  private final Random random;

  /** What is random comes from the seed; times do not. */
  OldAccounts(long seed) {
    this.identities = new Identities(seed, 1);
    this.random = new Random(seed);
  }

  /** So many commits of each of so many accounts, one of each in turn. */
  List<Emission> commits(int accounts, int each) {
    List<List<Emission>> lives = new ArrayList<>();
    for (int account = 0; account < accounts; account++) {
      lives.add(life(account, each));
    }
    List<Emission> all = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      for (List<Emission> life : lives) {
        all.add(life.get(i));
      }
    }
    return all;
  }

  private List<Emission> life(int account, int commits) {
    Repository repository = new Repository(identities.did(account), identities.key(account, 0));
    Instant time = Instant.now().truncatedTo(ChronoUnit.MICROS).minus(Duration.ofDays(1));
    List<Write> likes = new ArrayList<>();
    for (int liked = 0; liked < LIKED_BEFORE; liked += Repository.MAX_WRITES) {
      List<Write> writes = new ArrayList<>();
      for (int i = 0; i < Repository.MAX_WRITES; i++) {
        time = later(time);
        writes.add(like(time));
      }
      var _ = repository.commit(writes, Tid.at(time, 0));
      likes.addAll(writes);
    }
    List<Emission> emissions = new ArrayList<>();
    for (int i = 0; i < commits; i++) {
      time = later(time);
      Write old = likes.remove(random.nextInt(likes.size()));
      List<Write> writes = List.of(like(time), new Write.Delete(old.collection(), old.rkey()));
      emissions.add(new Emission.Committed(time, repository.commit(writes, Tid.at(time, 0))));
    }
    return emissions;
  }

  private Instant later(Instant time) {
    return time.plus(1 + random.nextInt(1_000_000), ChronoUnit.MICROS);
  }

  private Write like(Instant time) {
    byte[] digest = new byte[2 * HALF_DIGEST];
    random.nextBytes(digest);
    HexFormat hex = HexFormat.of();
    Map<String, String> subject =
        Map.of(
            "cid",
            "bafyrei" + hex.formatHex(digest, 0, HALF_DIGEST),
            "uri",
            "at://did:plc:"
                + hex.formatHex(digest, HALF_DIGEST, HALF_DIGEST + 12)
                + "/app.bsky.feed.post/"
                + Tid.at(time, 0).value());
    Map<String, Object> record =
        Map.of("$type", LIKE.value(), "createdAt", time.toString(), "subject", subject);
    return new Write.Create(
        LIKE, new RecordKey(Tid.at(time, 0).value()), Bytes.of(DagCborWriter.write(record)));
  }
}
