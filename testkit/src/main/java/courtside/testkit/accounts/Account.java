package courtside.testkit.accounts;

import courtside.atproto.mst.TreeKey;
import courtside.atproto.repo.Repository;
import courtside.atproto.repo.SignedCommit;
import courtside.atproto.repo.Write;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.atproto.syntax.Tid;
import courtside.testkit.network.Voice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One account: its repository, the key that signs, and whether it is active. Confined to one
 * thread.
 */
final class Account {
  /** Whether it is active, and why not. */
  enum Status {
    /** Its posts are shown. */
    ACTIVE,
    /** Its owner has put it to rest. */
    DEACTIVATED,
    /** Its server has hidden it. */
    TAKENDOWN,
    /** It is gone for ever. */
    DELETED;

    Optional<String> wire() {
      return this == ACTIVE ? Optional.empty() : Optional.of(name().toLowerCase(Locale.ROOT));
    }
  }

  /** The part of its records that go at once where there are too many. */
  private static final int CLEARED_PART = 8;

  /** One account in so many begins with an empty commit and has no profile. */
  private static final int NO_PROFILE_EVERY = 4;

  private static final int CLOCK_IDS = 1024;
  private static final RecordKey SELF = new RecordKey("self");

  private final Voice voice;
  private final Identities identities;
  private final int maxRecords;
  private final Repository repository;
  private final Tids tids;
  // Oldest first; without the profile, which stays.
  private final Set<RecordUri> records = new LinkedHashSet<>();
  private int generation;
  private Status status = Status.ACTIVE;

  Account(Voice voice, Identities identities, int maxRecords) {
    this.voice = voice;
    this.identities = identities;
    this.maxRecords = maxRecords;
    this.repository =
        new Repository(identities.did(voice.index()), identities.key(voice.index(), 0));
    this.tids = new Tids(Math.floorMod(did().hashCode(), CLOCK_IDS));
  }

  Did did() {
    return repository.did();
  }

  Repository repository() {
    return repository;
  }

  Status status() {
    return status;
  }

  boolean active() {
    return status == Status.ACTIVE;
  }

  /** Whether a record is there and can be seen. */
  boolean shows(RecordUri uri) {
    return active() && records.contains(uri);
  }

  /** The address that a new record has. */
  RecordUri newRecord(Nsid collection, Instant now) {
    return new RecordUri(did(), collection, new RecordKey(tids.next(now).value()));
  }

  /** What a server sends of a new account. */
  List<Emission> arrive(Instant now) {
    List<Write> writes =
        voice.index() % NO_PROFILE_EVERY == 0
            ? List.of()
            : List.of(new Write.Create(Records.PROFILE, SELF, Records.profile(voice, now)));
    return List.of(identified(now), statusChanged(now), committed(writes, now));
  }

  /**
   * Makes the writes one commit. Where that makes too many records, another one deletes the oldest:
   * for ever a little at a time, as accounts do that tidy up. Feeds have to follow that, and what
   * is in them stays what is in the repositories.
   */
  List<Emission> write(List<Write> writes, Instant now) {
    List<Emission> emissions = new ArrayList<>();
    emissions.add(committed(writes, now));
    if (records.size() > maxRecords) {
      emissions.add(committed(oldest(), now));
    }
    return emissions;
  }

  /** Whether there is a record beside another one, under the same key. */
  boolean has(Nsid collection, RecordKey rkey) {
    return repository.record(TreeKey.of(collection, rkey)).isPresent();
  }

  /** Another key signs from now on. */
  List<Emission> rotateKey(Instant now) {
    generation++;
    repository.rotateKey(identities.key(voice.index(), generation));
    return List.of(identified(now), committed(List.of(), now));
  }

  /** Says where the repository stands, at a commit that changes nothing. */
  Emission sync(Instant now) {
    return new Emission.Synced(now, commit(List.of(), now).commit());
  }

  /** It is not active from now on. */
  Emission leave(Status why, Instant now) {
    status = why;
    return statusChanged(now);
  }

  /** It is active again. */
  List<Emission> comeBack(Instant now) {
    boolean rested = status == Status.DEACTIVATED;
    status = Status.ACTIVE;
    return rested ? List.of(statusChanged(now), sync(now)) : List.of(statusChanged(now));
  }

  private List<Write> oldest() {
    return records.stream()
        .limit(records.size() - maxRecords + maxRecords / CLEARED_PART)
        .<Write>map(uri -> new Write.Delete(uri.collection(), uri.rkey()))
        .toList();
  }

  private Emission identified(Instant now) {
    return new Emission.Identified(now, did(), identities.handle(voice.index()));
  }

  private Emission statusChanged(Instant now) {
    return new Emission.StatusChanged(now, did(), active(), status.wire());
  }

  private Emission committed(List<Write> writes, Instant now) {
    return new Emission.Committed(now, commit(writes, now));
  }

  private SignedCommit commit(List<Write> writes, Instant now) {
    Tid rev = tids.next(now);
    SignedCommit commit = repository.commit(writes, rev);
    for (Write write : writes) {
      RecordUri uri = new RecordUri(did(), write.collection(), write.rkey());
      switch (write) {
        case Write.Create _ when !write.rkey().equals(SELF) -> records.add(uri);
        case Write.Delete _ -> records.remove(uri);
        case Write.Create _, Write.Update _ -> {
          // Where it is, it stays.
        }
      }
    }
    return commit;
  }
}
