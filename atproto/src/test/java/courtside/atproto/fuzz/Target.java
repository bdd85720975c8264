package courtside.atproto.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.car.CarArchive;
import courtside.atproto.cbor.DagCborIndex;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cbor.Value;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.Event;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.firehose.SyncMessage;
import courtside.atproto.identity.DidDocument;
import courtside.atproto.json.DataModelJson;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.mst.RecordTree;
import courtside.atproto.record.Post;
import courtside.atproto.record.RecordValue;
import courtside.atproto.repo.Commit;
import courtside.atproto.sync.Circumstances;
import courtside.atproto.sync.Verifier;
import courtside.atproto.syntax.AtIdentifier;
import courtside.atproto.syntax.AtUri;
import courtside.atproto.syntax.Datetime;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Handle;
import courtside.atproto.syntax.Language;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.atproto.syntax.Tid;
import courtside.atproto.syntax.Uri;
import courtside.atproto.token.ServiceToken;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A parser, with what holds of everything that it takes. */
enum Target {
  DAG_CBOR {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      Value value = DagCborIndex.of(input, 0, input.length);
      // One encoding: what decodes re-encodes to the same bytes.
      assertThat(DagCborWriter.write(value.toObject())).isEqualTo(input);
    }
  },
  CAR {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      CarArchive archive = CarArchive.read(input, new Range(0, input.length));
      var verified = archive.verify();
      for (int i = 0; i < archive.size(); i++) {
        if (verified.firstFailure(MalformedDataException.Kind.HASH_MISMATCH).isEmpty()) {
          assertThat(archive.verifiedBlock(archive.cid(i)).length()).isNotNegative();
        }
      }
      verified.expectWhole();
    }
  },
  FRAME {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      Circumstances circumstances =
          Circumstances.at(Samples.NOW).withKey(Samples.KEY.verifyingKey()).withActive(true);
      Frame frame = Frame.read(input);
      FrameScan scan = FrameScan.of(input);
      assertThat(scan.kind()).isEqualTo(frame.kind());
      if (frame instanceof Event event) {
        assertThat(scan.seq()).hasValue(event.seq());
        assertThat(scan.repo()).hasValue(event.did());
      }
      if (frame instanceof CommitMessage commit) {
        Verifier.verify(commit, circumstances);
        MalformedDataException bad = null;
        for (RepoOperation operation : commit.operations()) {
          try {
            if (operation.cid().isPresent()) {
              Bytes record = commit.record(operation).of(input);
              RecordValue.read(operation.collection(), record);
            }
          } catch (MalformedDataException e) {
            // Spoils itself alone.
            bad = e;
          }
        }
        if (bad != null) {
          throw bad;
        }
      } else if (frame instanceof SyncMessage sync) {
        Verifier.verify(sync, circumstances);
      }
    }
  },
  SCAN {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      FrameScan.of(input);
    }
  },
  COMMIT {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      Commit commit = Commit.read(input);
      assertThat(commit.isSignedBy(Samples.KEY.verifyingKey())).isIn(true, false);
      DagCborReader.validate(commit.unsignedBytes(), 0, commit.unsignedBytes().length);
    }
  },
  TREE {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      Cid root = Cid.ofDagCbor(input, 0, input.length);
      RecordTree tree =
          RecordTree.load(
              cid -> cid.equals(root) ? Optional.of(Bytes.of(input)) : Optional.empty(), root);
      assertThat(tree.root()).isEqualTo(root);
      assertThat(tree.blocks()).containsEntry(root, Bytes.of(input));
    }
  },
  RECORD {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      Bytes bytes = Bytes.of(input);
      RecordValue record = RecordValue.read(Nsid.POST, bytes);
      assertThat(record.bytes()).isEqualTo(bytes);
      if (record instanceof Post post) {
        post.summary();
        post.facets().forEach(facet -> facet.partOf(post.text()));
        post.brokenLimits();
      }
    }
  },
  JSON {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      var value = DataModelJson.read(input);
      assertThat(DataModelJson.read(DataModelJson.writeBytes(value))).isEqualTo(value);
    }
  },
  DID_DOCUMENT {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      assertThat(DidDocument.read(input, Samples.DID).id()).isEqualTo(Samples.DID);
    }
  },
  TOKEN {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      ServiceToken token = ServiceToken.parse(new String(input, StandardCharsets.ISO_8859_1));
      assertThat(token.verify(Samples.KEY.verifyingKey())).isIn(true, false);
    }
  },
  TEXT {
    @Override
    void parse(byte[] input) throws MalformedDataException {
      String text = new String(input, StandardCharsets.UTF_8);
      Datetime.momentOf(text);
      int taken = 0;
      MalformedDataException last = null;
      for (Parser parser : PARSERS) {
        try {
          String printed = parser.parse(text).toString();
          // What is printed is taken again and prints the same.
          assertThat(parser.parse(printed)).hasToString(printed);
          taken++;
        } catch (MalformedDataException e) {
          last = e;
        }
      }
      if (taken == 0 && last != null) {
        throw last;
      }
    }
  };

  private static final Parser[] PARSERS = {
    AtIdentifier::parse,
    AtUri::parse,
    Cid::parse,
    Datetime::parse,
    Did::parse,
    Handle::parse,
    Language::parse,
    Nsid::parse,
    RecordKey::parse,
    RecordUri::parse,
    Tid::parse,
    Uri::parse,
    text -> VerifyingKey.ofDidKey(text).didKey(),
    text -> VerifyingKey.ofMultikey(text).multikey(),
  };

  /** A parser of text. */
  @FunctionalInterface
  private interface Parser {
    Object parse(String text) throws MalformedDataException;
  }

  /**
   * Parses.
   *
   * @throws MalformedDataException where the input is refused, and nothing else ever
   */
  abstract void parse(byte[] input) throws MalformedDataException;
}
