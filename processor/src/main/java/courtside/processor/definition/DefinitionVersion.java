package courtside.processor.definition;

import courtside.eventlog.feed.FeedDefinition;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What tells one content of a feed from another. */
public final class DefinitionVersion {
  private static final int HEX_DIGITS = 16;

  private DefinitionVersion() {}

  /**
   * The first 16 hex digits of the SHA-256 of the definition's bytes. The set that it was applied
   * with and whether its promotion waits are no part of it, so the same content applied again is
   * the same version; the matcher's version is, as the same rule may then match other posts. So is
   * whether seen posts are hidden, as names and a pinned post are, though it changes no item: what
   * readers see goes from version to version, and a rollback brings back all of it.
   */
  public static String of(FeedDefinition definition) {
    FeedDefinition content =
        new FeedDefinition(
            "",
            definition.matcher(),
            definition.displayName(),
            definition.description(),
            definition.rule(),
            definition.exclude(),
            definition.languages(),
            definition.includeAuthors(),
            definition.blockAuthors(),
            definition.maxAge(),
            definition.keep(),
            definition.pinned(),
            false,
            definition.hideSeen(),
            definition.threshold());
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(FeedDefinition.FORMAT.encode(content));
      return HexFormat.of().formatHex(hash).substring(0, HEX_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
