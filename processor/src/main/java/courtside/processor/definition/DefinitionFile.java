package courtside.processor.definition;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.Rule;
import courtside.processor.rule.RuleException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A feed as its file says, normalised and checked: its rule can be matched and its examples come
 * out as they must. Immutable.
 *
 * @param feed the feed's name, which becomes part of its address
 * @param displayName at most 24 graphemes and 240 bytes
 * @param description at most 300 graphemes and 3,000 bytes; may be empty
 * @param rule with white space normalised; empty where only authors are included
 * @param threshold what the weights of the rule's alternatives that match must come to; absent
 *     where one of them is enough
 * @param exclude with white space normalised; empty for nothing
 * @param languages lower case, sorted; empty for all
 * @param includeAuthors DIDs, sorted
 * @param blockAuthors DIDs, sorted
 * @param maxAge absent for none; 7 days where the file says nothing
 * @param keep 3 days where the file says nothing
 * @param pinned the uri of a post
 * @param hideSeen whether viewers are not shown again what they have seen; false where the file
 *     says nothing
 * @param examples what was checked
 * @see <a href="https://docs.bsky.app/docs/starter-templates/custom-feeds">Custom feeds</a>
 */
public record DefinitionFile(
    RecordKey feed,
    String displayName,
    String description,
    String rule,
    Optional<Integer> threshold,
    String exclude,
    List<String> languages,
    List<String> includeAuthors,
    List<String> blockAuthors,
    Optional<Duration> maxAge,
    Duration keep,
    Optional<String> pinned,
    boolean hideSeen,
    List<Example> examples) {

  /** Largest file, in bytes: thousands of terms in several lists, and hundreds of examples. */
  public static final int MAX_BYTES = 512 * 1024;

  /** Copies the lists. */
  public DefinitionFile {
    languages = List.copyOf(languages);
    includeAuthors = List.copyOf(includeAuthors);
    blockAuthors = List.copyOf(blockAuthors);
    examples = List.copyOf(examples);
  }

  /**
   * Reads a file and checks its examples.
   *
   * @throws DefinitionException if it is not a definition; says everything that is wrong
   * @throws IOException if it cannot be read at all
   */
  public static DefinitionFile read(Path file) throws IOException, DefinitionException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in);
    }
  }

  /**
   * Reads a definition from anywhere, such as a resource.
   *
   * @param name what mistakes call it
   */
  public static DefinitionFile read(String name, InputStream in)
      throws IOException, DefinitionException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    Mistakes mistakes = new Mistakes(name);
    if (bytes.length > MAX_BYTES) {
      mistakes.add(1, "expected a file of at most " + MAX_BYTES + " bytes, found more");
      mistakes.check();
    }
    String yaml = "";
    try {
      yaml = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      mistakes.add(1, "expected UTF-8, found other bytes");
    }
    mistakes.check();
    return new DefinitionReader(yaml, mistakes).read();
  }

  /** The same feed with another greatest age; absent for none. */
  public DefinitionFile withMaxAge(Optional<Duration> age) {
    return new DefinitionFile(
        feed,
        displayName,
        description,
        rule,
        threshold,
        exclude,
        languages,
        includeAuthors,
        blockAuthors,
        age,
        keep,
        pinned,
        hideSeen,
        examples);
  }

  /** The same feed whose items are kept so long. */
  public DefinitionFile withKeep(Duration time) {
    return new DefinitionFile(
        feed,
        displayName,
        description,
        rule,
        threshold,
        exclude,
        languages,
        includeAuthors,
        blockAuthors,
        maxAge,
        time,
        pinned,
        hideSeen,
        examples);
  }

  /**
   * The definition as it is applied, for this matcher.
   *
   * @param set the id of the set that it is applied with
   * @param hold whether promotion waits for a person
   */
  public FeedDefinition toDefinition(String set, boolean hold) {
    return new FeedDefinition(
        set,
        Matcher.VERSION,
        displayName,
        description,
        rule,
        exclude,
        languages,
        includeAuthors,
        blockAuthors,
        maxAge,
        keep,
        pinned,
        hold,
        Optional.of(hideSeen),
        threshold);
  }

  /** What whoever applies it should know, a sentence. */
  public Optional<String> notice() {
    try {
      return !rule.isEmpty() && Rule.parse(rule, threshold).looksAtEveryPost()
          ? Optional.of("matches are looked for in every post: no word that must occur")
          : Optional.empty();
    } catch (RuleException e) {
      throw new IllegalStateException("the rule of " + feed + " was checked before", e);
    }
  }

  /** The feed with the version of this content. */
  public FeedVersion version() {
    return new FeedVersion(feed, DefinitionVersion.of(toDefinition("", false)));
  }
}
