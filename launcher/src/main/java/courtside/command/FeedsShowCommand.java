package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.inspection.TopicLog;
import courtside.screen.VisibleText;
import courtside.service.ServiceProcess;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints one feed. */
@Command(
    name = "show",
    description = {
      "Prints a feed: the definition that is served, or the newest where none is yet; which other"
          + " versions there are and in what they differ; how far each is, how much of what it reads"
          + " it takes; and how far back the posts reach that a new version is filled from."
    },
    footer =
        "%nWith --json: an object with the feed's state and its 'versions', each with its"
            + " 'definition'.",
    mixinStandardHelpOptions = true)
final class FeedsShowCommand extends FeedsLogCommand {
  @Parameters(paramLabel = "NAME", description = "The feed's name.")
  private String name = "";

  @Mixin private JsonOption json = new JsonOption();

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    PrintWriter out = spec().commandLine().getOut();
    try (FeedsLog log = open();
        TopicLog posts = new TopicLog(kafka(), Topics.POSTS)) {
      RecordKey feed = FeedWishCommand.feed(log, name);
      List<VersionView> versions = VersionView.of(log, feed, log.begins());
      Optional<Instant> oldest = posts.oldest();
      if (json.wanted()) {
        JsonPrinter.print(json(log, feed, versions, oldest), out);
      } else {
        print(log, feed, versions, oldest, out);
      }
    }
    return ServiceProcess.EX_OK;
  }

  private static void print(
      FeedsLog log,
      RecordKey feed,
      List<VersionView> versions,
      Optional<Instant> oldest,
      PrintWriter out) {
    Optional<FeedState> state = log.catalogue().state(feed);
    Optional<VersionView> shown = shown(versions);
    String deleted = state.filter(FeedState::deleted).isPresent() ? "  deleted" : "";
    out.println(
        feed
            + shown.map(one -> "  " + VisibleText.line(one.definition().displayName())).orElse("")
            + deleted);
    shown.ifPresent(one -> {
      entry("version", one.version().version(), out);
      fields(one.definition()).forEach((field, text) -> entry(field, text, out));
    });
    for (VersionView one : versions) {
      entry(one.role(), one.version().version() + "  " + one.words(Instant.now()), out);
      taken(log.statuses(one.version())).ifPresent(text -> entry("", text, out));
      shown
          .filter(served -> !served.equals(one))
          .ifPresent(served -> entry("", differences(one.definition(), served.definition()), out));
    }
    state
        .filter(known -> known.served().isPresent())
        .ifPresent(known ->
            entry("switched", known.switchedAt().truncatedTo(ChronoUnit.SECONDS).toString(), out));
    state.flatMap(FeedState::refusal).ifPresent(why -> entry("refused", why, out));
    entry(
        "history",
        oldest
            .map(at ->
                "posts since "
                    + at.truncatedTo(ChronoUnit.SECONDS)
                    + " ("
                    + inWords(Duration.between(at, Instant.now()))
                    + "): so far back a new version reads")
            .orElse("there are no posts yet"),
        out);
  }

  /** The version that is served, or else the newest. */
  private static Optional<VersionView> shown(List<VersionView> versions) {
    return versions.stream()
        .filter(one -> one.role().equals(VersionView.SERVING))
        .findFirst()
        .or(() -> versions.isEmpty() ? Optional.empty() : Optional.of(versions.getLast()));
  }

  /** Texts of several lines are indented under their first. */
  private static void entry(String name, String text, PrintWriter out) {
    String label = name;
    for (String line : VisibleText.lines(text.strip()).lines().toList()) {
      out.println(String.format("  %-10s %s", label, line));
      label = "";
    }
  }

  /** What a definition says, by name; without what says nothing. */
  private static SequencedMap<String, String> fields(FeedDefinition definition) {
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    fields.put("text", definition.description());
    fields.put("rule", definition.rule());
    fields.put(
        "threshold",
        definition.threshold().map(least -> "weights of " + least + " at least").orElse(""));
    fields.put("exclude", definition.exclude());
    fields.put("languages", String.join(", ", definition.languages()));
    fields.put("always", String.join(", ", definition.includeAuthors()));
    fields.put("never", String.join(", ", definition.blockAuthors()));
    fields.put("max age", definition.maxAge().map(FeedsShowCommand::inWords).orElse(""));
    fields.put("keep", inWords(definition.keep()));
    fields.put("pinned", definition.pinned().orElse(""));
    fields.put("hide seen", definition.hidesSeen() ? "yes" : "");
    fields.put("hold", definition.hold() ? "yes" : "");
    fields.values().removeIf(String::isBlank);
    return fields;
  }

  private static String differences(FeedDefinition one, FeedDefinition served) {
    SequencedMap<String, String> of = fields(one);
    SequencedMap<String, String> than = fields(served);
    List<String> different = new ArrayList<>();
    if (!one.displayName().equals(served.displayName())) {
      different.add("name: " + one.displayName());
    }
    SequencedMap<String, String> all = new LinkedHashMap<>(of);
    than.forEach(all::putIfAbsent);
    all.keySet().stream()
        .filter(field -> !of.getOrDefault(field, "").equals(than.getOrDefault(field, "")))
        .forEach(field -> different.add(field + ": " + of.getOrDefault(field, "none").strip()));
    return different.isEmpty() ? "says the same" : "differs in " + String.join("\n", different);
  }

  /** How many of the posts that were read belong to it. */
  private static Optional<String> taken(List<FeedStatus> statuses) {
    long read = statuses.stream().mapToLong(FeedStatus::read).sum();
    long matched = statuses.stream().mapToLong(FeedStatus::matched).sum();
    return read == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%,d of %,d matched (%.2f %%) since its processors started",
                matched,
                read,
                100.0 * matched / read));
  }

  private static String inWords(Duration time) {
    String hours = time.toHoursPart() == 0 ? "" : " " + time.toHoursPart() + " h";
    return time.toDays() > 1 ? time.toDays() + " d" + hours : VersionProgress.inWords(time);
  }

  private static ObjectNode json(
      FeedsLog log, RecordKey feed, List<VersionView> versions, Optional<Instant> oldest) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("feed", feed.value());
    log.catalogue()
        .state(feed)
        .ifPresent(state -> {
          json.put("deleted", state.deleted());
          state.served().ifPresent(id -> json.put("served", id));
          state.previous().ifPresent(id -> json.put("previous", id));
          state.candidate().ifPresent(id -> json.put("candidate", id));
          strings(json.putArray("removing"), state.removing());
          json.put("switched_at", state.switchedAt().toString());
          state.refusal().ifPresent(why -> json.put("refusal", why));
        });
    oldest.ifPresent(at -> json.put("history_since", at.toString()));
    ArrayNode all = json.putArray("versions");
    for (VersionView one : versions) {
      ObjectNode version = one.toJson();
      List<FeedStatus> statuses = log.statuses(one.version());
      version.put("read", statuses.stream().mapToLong(FeedStatus::read).sum());
      version.put("matched", statuses.stream().mapToLong(FeedStatus::matched).sum());
      version.set("definition", json(one.version(), one.definition()));
      all.add(version);
    }
    return json;
  }

  private static ObjectNode json(FeedVersion version, FeedDefinition definition) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("feed", version.feed().value())
            .put("name", definition.displayName())
            .put("description", definition.description())
            .put("rule", definition.rule())
            .put("exclude", definition.exclude())
            .put("keep", definition.keep().toString())
            .put("hold", definition.hold())
            .put("hide_seen", definition.hidesSeen())
            .put("set", definition.set())
            .put("matcher", definition.matcher());
    definition.threshold().ifPresent(least -> json.put("threshold", least));
    definition.maxAge().ifPresent(age -> json.put("max_age", age.toString()));
    definition.pinned().ifPresent(uri -> json.put("pinned", uri));
    strings(json.putArray("languages"), definition.languages());
    strings(json.putArray("include_authors"), definition.includeAuthors());
    strings(json.putArray("block_authors"), definition.blockAuthors());
    return json;
  }

  private static void strings(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }
}
