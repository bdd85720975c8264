package courtside.testkit.recording;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.AccountMessage;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.syntax.Nsid;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Chooses the recording that is bundled, out of the whole one: all frames of some accounts, in
 * order, in fewer than {@link #LIMIT} bytes of gzip. Greedy: again and again the account that shows
 * most for its bytes. What an account shows counts less the more of it is there already, so that
 * rare things (a suspension, a language) come before common ones. The same input gives the same
 * output.
 */
final class BundleRecording {
  /** The bundle is smaller than this. */
  static final int LIMIT = 3_000_000;

  private BundleRecording() {}

  /** Arguments: the directory of the whole recording, and the file to write. */
  public static void main(String[] args) throws IOException, MalformedDataException {
    Path source = Path.of(args[0]);
    byte[] bundle =
        choose(
            Recording.open(source.resolve("pds.frames.gz")).frames(),
            source.resolve("pds.truth.jsonl.gz"));
    Path target = Path.of(args[1]);
    Files.createDirectories(target.toAbsolutePath().getParent());
    Files.write(target, bundle);
    System.out.println(target + ": " + bundle.length + " bytes");
  }

  /** The bytes of the bundle; the recording is larger than it. */
  static byte[] choose(List<RecordedFrame> frames, Path truth)
      throws IOException, MalformedDataException {
    Map<String, Account> accounts = accounts(frames);
    addTruth(accounts, truth);
    Map<String, Integer> shown = new HashMap<>();
    Set<String> chosen = new HashSet<>();
    List<Account> left = new ArrayList<>(accounts.values());
    byte[] bundle = new byte[0];
    long bytes = 0;
    while (!left.isEmpty()) {
      Account next = best(left, shown);
      left.remove(next);
      chosen.add(next.did);
      bytes += next.bytes;
      // What is smaller than the limit without compression needs none to know that it fits.
      if (bytes > LIMIT) {
        byte[] larger = compress(framesOf(frames, chosen));
        if (larger.length >= LIMIT) {
          return bundle;
        }
        bundle = larger;
      }
      next.features.forEach((feature, count) -> shown.merge(feature, count, Integer::sum));
    }
    return bundle;
  }

  private static Account best(Collection<Account> accounts, Map<String, Integer> shown) {
    Optional<Account> best = Optional.empty();
    double most = -1;
    for (Account account : accounts) {
      double worth = account.worth(shown);
      // The accounts come in the order of their DIDs: the first of equals is always the same.
      if (worth > most) {
        most = worth;
        best = Optional.of(account);
      }
    }
    return best.orElseThrow();
  }

  /** What one account shows, and what it costs. */
  private static final class Account {
    private final String did;
    private final Map<String, Integer> features = new TreeMap<>();
    private long bytes;

    Account(String did) {
      this.did = did;
    }

    void show(String feature) {
      features.merge(feature, 1, Integer::sum);
    }

    double worth(Map<String, Integer> shown) {
      double worth = 0;
      for (Map.Entry<String, Integer> feature : features.entrySet()) {
        double before = shown.getOrDefault(feature.getKey(), 0);
        worth += Math.log((before + feature.getValue() + 1) / (before + 1));
      }
      return worth / bytes;
    }
  }

  private static Map<String, Account> accounts(List<RecordedFrame> frames)
      throws MalformedDataException {
    Map<String, Account> accounts = new TreeMap<>();
    for (RecordedFrame frame : frames) {
      byte[] bytes = frame.bytes().toArray();
      FrameScan scan = FrameScan.of(bytes);
      Account account = accounts.computeIfAbsent(scan.repo().orElseThrow().value(), Account::new);
      account.bytes += bytes.length;
      account.show("kind " + scan.kind());
      if (scan.kind() == FrameKind.ACCOUNT) {
        AccountMessage message = AccountMessage.read(bytes);
        account.show("account " + message.active() + message.status().orElse(""));
      } else if (scan.kind() == FrameKind.COMMIT) {
        addOperations(account, CommitMessage.read(bytes));
      }
    }
    return accounts;
  }

  private static void addOperations(Account account, CommitMessage commit) {
    if (commit.operations().size() != 1) {
      account.show("operations " + commit.operations().size());
    }
    for (RepoOperation operation : commit.operations()) {
      account.show(
          operation.action()
              + " "
              + (operation.collection().equals(Nsid.POST) ? "post" : operation.collection()));
    }
  }

  private static void addTruth(Map<String, Account> accounts, Path truth) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(truth)), StandardCharsets.UTF_8))) {
      JsonMapper mapper = JsonMapper.builder().build();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode post = mapper.readTree(line);
        Account account = accounts.get(post.path("did").asText());
        if (account != null) {
          account.show("category " + post.path("cat").asText());
          account.show("language " + post.path("lang").asText());
          for (String field : List.of("deleted", "updated", "odd")) {
            if (post.has(field)) {
              account.show(field + " " + post.path(field).asText());
            }
          }
        }
      }
    }
  }

  private static List<Bytes> framesOf(List<RecordedFrame> frames, Set<String> chosen)
      throws MalformedDataException {
    List<Bytes> kept = new ArrayList<>();
    for (RecordedFrame frame : frames) {
      FrameScan scan = FrameScan.of(frame.bytes().toArray());
      if (chosen.contains(scan.repo().orElseThrow().value())) {
        kept.add(frame.bytes());
      }
    }
    return kept;
  }

  private static byte[] compress(List<Bytes> messages) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    // The JDK writes no time of day into the header.
    try (DataOutputStream out = new DataOutputStream(new BestGzip(compressed))) {
      for (Bytes message : messages) {
        out.writeInt(message.length());
        out.write(message.toArray());
      }
    }
    return compressed.toByteArray();
  }

  /** Gzip at level 9. */
  private static final class BestGzip extends GZIPOutputStream {
    BestGzip(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
