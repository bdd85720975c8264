package courtside.ingestor.pump;

import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.RepoOperation;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which commits are kept: those that touch a collection of the list. Everything that is no commit
 * is kept, as it says what became of accounts; so is a commit without operations, and one that
 * cannot be read, as nobody knows what it touches. Immutable.
 */
public final class CollectionFilter {
  /** Keeps everything, and reads nothing to find out. */
  public static final CollectionFilter ALL = new CollectionFilter(Set.of(), List.of(), true);

  /** What a text must be to be a filter, as the end of "must be …". */
  public static final String EXPECTED =
      "'*', or collections such as app.bsky.feed.post or app.bsky.graph.*, separated by commas";

  private static final Pattern PART =
      Pattern.compile("[a-zA-Z][a-zA-Z0-9-]{0,62}(\\.[a-zA-Z][a-zA-Z0-9-]{0,62}){1,10}(\\.\\*)?");

  private final Set<String> names;
  private final List<String> prefixes;
  private final boolean all;

  private CollectionFilter(Set<String> names, List<String> prefixes, boolean all) {
    this.names = names;
    this.prefixes = prefixes;
    this.all = all;
  }

  /** Reads the text form. */
  public static Optional<CollectionFilter> parse(String text) {
    if (text.strip().equals("*")) {
      return Optional.of(ALL);
    }
    Set<String> parts = new LinkedHashSet<>();
    Arrays.stream(text.split(",", -1)).map(String::strip).forEach(parts::add);
    if (!parts.stream().allMatch(part -> PART.matcher(part).matches())) {
      return Optional.empty();
    }
    Set<String> names = new LinkedHashSet<>(parts);
    names.removeIf(part -> part.endsWith("*"));
    List<String> prefixes =
        parts.stream()
            .filter(part -> part.endsWith("*"))
            .map(part -> part.substring(0, part.length() - 1))
            .toList();
    return Optional.of(new CollectionFilter(Set.copyOf(names), prefixes, false));
  }

  /** Whether a frame is kept. */
  boolean keeps(FrameKind kind, byte[] frame) {
    if (all || kind != FrameKind.COMMIT) {
      return true;
    }
    try {
      CommitMessage commit = CommitMessage.read(frame);
      return !commit.unreadable().isEmpty()
          || commit.operations().isEmpty()
          || commit.operations().stream().anyMatch(this::touches);
    } catch (MalformedDataException e) {
      // Whoever reads the frame next says what is wrong with it.
      return true;
    }
  }

  private boolean touches(RepoOperation operation) {
    String collection = operation.collection().value();
    return names.contains(collection) || prefixes.stream().anyMatch(collection::startsWith);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CollectionFilter filter
        && all == filter.all
        && names.equals(filter.names)
        && prefixes.equals(filter.prefixes);
  }

  @Override
  public int hashCode() {
    return names.hashCode() * 31 + prefixes.hashCode();
  }
}
