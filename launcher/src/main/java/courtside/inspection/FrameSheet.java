package courtside.inspection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.Event;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.syntax.Tid;
import courtside.screen.VisibleText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that a frame says, with its records, and whether it is what the account signed. A record that
 * several operations name is shown once, so that no frame becomes much longer than it is.
 */
public final class FrameSheet {
  private static final int MOST_VALUE = 1_000;
  private static final int MOST_PATH = 300;

  private final SeenFrame seen;
  private final List<String> lines = new ArrayList<>();
  private final Set<Cid> shown = new HashSet<>();

  private FrameSheet(SeenFrame seen) {
    this.seen = seen;
  }

  /** For people, line by line. */
  public static List<String> text(SeenFrame seen, FrameCheck check) {
    FrameSheet sheet = new FrameSheet(seen);
    sheet.head();
    switch (seen.content()) {
      case SeenFrame.Content.Bad(_, var why) -> {
        sheet.entry("problem", "no frame of the protocol: " + why.getMessage());
        CborOutline.of(seen.bytes()).forEach(line -> sheet.lines.add("  " + line));
      }
      case SeenFrame.Content.Good(CommitMessage commit) -> sheet.commit(commit);
      case SeenFrame.Content.Good _ ->
          CborOutline.of(seen.bytes()).forEach(line -> sheet.lines.add("  " + line));
    }
    check.lines().forEach(sheet::entry);
    return List.copyOf(sheet.lines);
  }

  private void head() {
    entry(
        "frame",
        seen.headers()
            .map(from ->
                from.relay()
                    + ", epoch "
                    + from.epoch()
                    + (from.seq() == 0 ? ", no sequence number" : ", sequence " + from.seq()))
            .orElse("from a relay that its headers do not name"));
    entry(
        "stands",
        String.format(
            Locale.ROOT,
            "%s, %,d bytes, seen %s",
            seen.stands(),
            seen.bytes().length,
            FrameLine.time(seen.seenAt())));
    String kind = seen.kind();
    if (seen.content() instanceof SeenFrame.Content.Good(Event event)) {
      kind += " of " + event.did() + ", at " + event.time() + " by its own clock";
    }
    entry("kind", kind);
  }

  private void commit(CommitMessage commit) {
    entry("rev", commit.rev() + ", since " + said(commit.since().map(Tid::toString)));
    entry("commit", said(commit.commit().map(Cid::toString)));
    entry("tree before", said(commit.prevData().map(Cid::toString)));
    entry("archive", archive(commit));
    commit.flaw().ifPresent(flaw -> entry("problem", String.valueOf(flaw.getMessage())));
    entry("operations", Integer.toString(commit.operations().size()));
    commit.operations().forEach(operation -> operation(commit, operation));
    commit
        .unreadable()
        .forEach(one ->
            lines.add(
                VisibleText.line(
                    "  ! operation "
                        + one.index()
                        + one.path().map(path -> " (" + cut(path, MOST_PATH) + ")").orElse("")
                        + " is not readable: "
                        + one.why().getMessage(),
                    MOST_VALUE)));
  }

  private static String archive(CommitMessage commit) {
    String length = String.format(Locale.ROOT, "%,d bytes", commit.blocksLength());
    try {
      return length + ", " + commit.archive().size() + " blocks";
    } catch (MalformedDataException e) {
      return length + ", not readable: " + e.getMessage();
    }
  }

  private void operation(CommitMessage commit, RepoOperation operation) {
    lines.add(
        VisibleText.line(
            "  "
                + FrameLine.words(operation)
                + operation.cid().map(cid -> "  " + cid).orElse("")
                + operation.prev().map(cid -> "  (before: " + cid + ")").orElse(""),
            MOST_VALUE));
    if (operation.cid().isEmpty()) {
      return;
    }
    if (!shown.add(operation.cid().get())) {
      lines.add("    the record that is shown above");
      return;
    }
    try {
      VisibleText.lines(Records.of(commit, operation).toPrettyString())
          .lines()
          .forEach(line -> lines.add("    " + line));
    } catch (MalformedDataException e) {
      lines.add(VisibleText.line("    ! no record to show: " + e.getMessage(), MOST_VALUE));
    }
  }

  private static String said(Optional<String> value) {
    return value.orElse("not said");
  }

  private static String cut(String text, int most) {
    return VisibleText.line(text, most);
  }

  private void entry(String name, String text) {
    lines.add(VisibleText.line(String.format("%-12s %s", name, text), MOST_VALUE));
  }

  /** The same as one JSON object; records are in it by their CIDs. */
  public static ObjectNode json(SeenFrame seen, FrameCheck check) {
    ObjectNode json = FrameLine.json(seen);
    if (seen.content() instanceof SeenFrame.Content.Good(Frame frame)
        && frame instanceof CommitMessage commit) {
      commit.since().ifPresent(since -> json.put("since", since.value()));
      commit.commit().ifPresent(cid -> json.put("commit", cid.toString()));
      commit.prevData().ifPresent(cid -> json.put("prev_data", cid.toString()));
      commit.flaw().ifPresent(flaw -> json.put("problem", String.valueOf(flaw.getMessage())));
      records(commit, json);
    }
    check.putInto(json);
    return json;
  }

  private static void records(CommitMessage commit, ObjectNode json) {
    Map<Cid, RepoOperation> byCid = new LinkedHashMap<>();
    commit
        .operations()
        .forEach(operation -> operation.cid().ifPresent(cid -> byCid.putIfAbsent(cid, operation)));
    ObjectNode records = json.putObject("records");
    ObjectNode problems = json.objectNode();
    byCid.forEach((cid, operation) -> {
      try {
        JsonNode record = Records.of(commit, operation);
        records.set(cid.toString(), record);
      } catch (MalformedDataException e) {
        problems.put(cid.toString(), String.valueOf(e.getMessage()));
      }
    });
    if (!problems.isEmpty()) {
      json.set("record_problems", problems);
    }
  }
}
