package courtside.inspection;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.firehose.AccountMessage;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.ErrorMessage;
import courtside.atproto.firehose.Event;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.IdentityMessage;
import courtside.atproto.firehose.InfoMessage;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.firehose.SyncMessage;
import courtside.atproto.firehose.UnknownMessage;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.screen.VisibleText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A frame in one line, for people or as JSON; at most {@link #MOST} characters for people. */
public final class FrameLine {
  /** Longest line, in characters. */
  public static final int MOST = 400;

  private static final int OPERATIONS = 3;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private FrameLine() {}

  /** When it was seen, relay, epoch, sequence number, kind, account, and what it says. */
  public static String text(SeenFrame seen) {
    String from =
        seen.headers()
            .map(headers -> headers.relay() + "  " + headers.epoch() + "  " + seq(headers))
            .orElse("?  ?  ?");
    return VisibleText.line(
        time(seen.seenAt())
            + "  "
            + from
            + "  "
            + String.format("%-9s", seen.kind())
            + "  "
            + says(seen),
        MOST);
  }

  static String time(Instant at) {
    return TIME.format(at);
  }

  private static String seq(FrameHeaders headers) {
    return headers.seq() == 0 ? "-" : Long.toString(headers.seq());
  }

  private static String says(SeenFrame seen) {
    return switch (seen.content()) {
      case SeenFrame.Content.Bad(_, var why) -> "not readable: " + why.getMessage();
      case SeenFrame.Content.Good(Frame frame) -> says(frame);
    };
  }

  private static String says(Frame frame) {
    return switch (frame) {
      case CommitMessage commit -> commit.did() + "  " + operations(commit);
      case SyncMessage sync -> sync.did() + "  at " + sync.rev();
      case IdentityMessage identity ->
          identity.did() + identity.handle().map(handle -> "  handle " + handle).orElse("");
      case AccountMessage account ->
          account.did()
              + (account.active() ? "  active" : "  not active")
              + account.status().map(status -> ": " + status).orElse("");
      case InfoMessage info ->
          info.name().orElse("?") + info.message().map(": "::concat).orElse("");
      case ErrorMessage error ->
          error.error().orElse("?") + error.message().map(": "::concat).orElse("");
      case UnknownMessage _ -> "of a type that is not known here";
    };
  }

  private static String operations(CommitMessage commit) {
    List<RepoOperation> all = commit.operations();
    String shown =
        all.stream().limit(OPERATIONS).map(FrameLine::words).collect(Collectors.joining(", "));
    StringBuilder line = new StringBuilder(all.isEmpty() ? "no operations" : shown);
    if (all.size() > OPERATIONS) {
      line.append(", and ").append(all.size() - OPERATIONS).append(" more");
    }
    if (!commit.unreadable().isEmpty()) {
      line.append(", and ").append(commit.unreadable().size()).append(" not readable");
    }
    return line.toString();
  }

  /** What it does, and to which record. */
  static String words(RepoOperation operation) {
    return action(operation) + " " + path(operation);
  }

  static String action(RepoOperation operation) {
    return operation.action().name().toLowerCase(Locale.ROOT);
  }

  static String path(RepoOperation operation) {
    return operation.collection() + "/" + operation.rkey();
  }

  /** The same as one JSON object. */
  public static ObjectNode json(SeenFrame seen) {
    ObjectNode json = seen.toJson();
    switch (seen.content()) {
      case SeenFrame.Content.Bad(_, var why) ->
          json.put("problem", String.valueOf(why.getMessage()));
      case SeenFrame.Content.Good(Frame frame) -> put(frame, json);
    }
    return json;
  }

  private static void put(Frame frame, ObjectNode json) {
    if (frame instanceof Event event) {
      json.put("repo", event.did().value());
      json.put("time", event.time());
    }
    switch (frame) {
      case CommitMessage commit -> {
        json.put("rev", commit.rev().value());
        ArrayNode operations = json.putArray("ops");
        commit.operations().forEach(operation -> operations.add(json(operation, operations)));
        unreadable(commit, json);
      }
      case SyncMessage sync -> json.put("rev", sync.rev().value());
      case IdentityMessage identity ->
          identity.handle().ifPresent(text -> json.put("handle", text));
      case AccountMessage account -> {
        json.put("active", account.active());
        account.status().ifPresent(text -> json.put("status", text));
      }
      case InfoMessage info -> {
        info.name().ifPresent(text -> json.put("name", text));
        info.message().ifPresent(text -> json.put("message", text));
      }
      case ErrorMessage error -> {
        error.error().ifPresent(text -> json.put("name", text));
        error.message().ifPresent(text -> json.put("message", text));
      }
      case UnknownMessage _ -> {
        // Its kind says so.
      }
    }
  }

  private static void unreadable(CommitMessage commit, ObjectNode json) {
    if (commit.unreadable().isEmpty()) {
      return;
    }
    ArrayNode all = json.putArray("unreadable_ops");
    for (CommitMessage.Unreadable one : commit.unreadable()) {
      ObjectNode unreadable = all.addObject().put("index", one.index());
      one.path().ifPresent(path -> unreadable.put("path", path));
      unreadable.put("problem", String.valueOf(one.why().getMessage()));
    }
  }

  private static ObjectNode json(RepoOperation operation, ArrayNode beside) {
    ObjectNode json = beside.objectNode();
    json.put("action", action(operation));
    json.put("path", path(operation));
    operation.cid().ifPresent(cid -> json.put("cid", cid.toString()));
    operation.prev().ifPresent(cid -> json.put("prev", cid.toString()));
    return json;
  }
}
