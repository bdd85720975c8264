package courtside.testkit.accounts;

import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.repo.Commit;
import courtside.atproto.repo.SignedCommit;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Handle;
import java.time.Instant;
import java.util.Optional;

/** One event of a network, before a relay has numbered it. */
public sealed interface Emission {
  /** The account. */
  Did did();

  /** When it happened. */
  Instant time();

  /** The frame of the stream under this sequence number. */
  byte[] frame(long seq);

  /**
   * A #commit. Immutable.
   *
   * @param commit what changed
   */
  record Committed(Instant time, SignedCommit commit) implements Emission {
    @Override
    public Did did() {
      return commit.commit().did();
    }

    @Override
    public byte[] frame(long seq) {
      return FrameWriter.commit(seq, Records.datetime(time), commit);
    }
  }

  /**
   * A #sync. Immutable.
   *
   * @param commit where the repository stands
   */
  record Synced(Instant time, Commit commit) implements Emission {
    @Override
    public Did did() {
      return commit.did();
    }

    @Override
    public byte[] frame(long seq) {
      return FrameWriter.sync(seq, Records.datetime(time), commit);
    }
  }

  /** An #identity. Immutable. */
  record Identified(Instant time, Did did, Handle handle) implements Emission {
    @Override
    public byte[] frame(long seq) {
      return FrameWriter.identity(seq, Records.datetime(time), did, Optional.of(handle.value()));
    }
  }

  /**
   * An #account. Immutable.
   *
   * @param status why it is not active
   */
  record StatusChanged(Instant time, Did did, boolean active, Optional<String> status)
      implements Emission {
    @Override
    public byte[] frame(long seq) {
      return FrameWriter.account(seq, Records.datetime(time), did, active, status);
    }
  }
}
