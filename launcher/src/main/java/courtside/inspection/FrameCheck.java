package courtside.inspection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.SyncMessage;
import courtside.atproto.sync.Circumstances;
import courtside.atproto.sync.Level;
import courtside.atproto.sync.Outcome;
import courtside.atproto.sync.Verification;
import courtside.atproto.sync.Verifier;
import courtside.atproto.syntax.Did;
import courtside.screen.VisibleText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Whether a frame is what its account signed, as far as the frame and a key can show: what came
 * before, and whether the account is active, is not looked at. Immutable.
 */
public final class FrameCheck {
  private static final List<Level> OF_COMMIT =
      List.of(Level.STRUCTURE, Level.OPERATIONS, Level.INVERSION, Level.SIGNATURE);
  private static final List<Level> OF_SYNC = List.of(Level.STRUCTURE, Level.SIGNATURE);
  private static final int MOST_DETAIL = 400;

  private final SequencedMap<String, Outcome> outcomes;
  private final Optional<AccountKey.Known> key;

  private FrameCheck(SequencedMap<String, Outcome> outcomes, Optional<AccountKey.Known> key) {
    this.outcomes = outcomes;
    this.key = key;
  }

  /** Who should have signed a frame; empty where nothing of it is signed. */
  public static Optional<Did> signer(SeenFrame seen) {
    return switch (seen.content()) {
      case SeenFrame.Content.Good(CommitMessage commit) -> Optional.of(commit.did());
      case SeenFrame.Content.Good(SyncMessage sync) -> Optional.of(sync.did());
      case SeenFrame.Content.Good _, SeenFrame.Content.Bad _ -> Optional.empty();
    };
  }

  /**
   * Checks a frame.
   *
   * @param now the time by which a revision lies in the future
   */
  public static FrameCheck of(SeenFrame seen, AccountKey key, Instant now) {
    SequencedMap<String, Outcome> outcomes = new LinkedHashMap<>();
    Circumstances circumstances = Circumstances.at(now);
    if (key instanceof AccountKey.Known known) {
      circumstances = circumstances.withKey(known.key());
    }
    switch (seen.content()) {
      case SeenFrame.Content.Bad _ -> {
        // What is wrong with it is said in its place.
      }
      case SeenFrame.Content.Good(CommitMessage commit) ->
          put(Verifier.verify(commit, circumstances), OF_COMMIT, key, outcomes);
      case SeenFrame.Content.Good(SyncMessage sync) ->
          put(Verifier.verify(sync, circumstances), OF_SYNC, key, outcomes);
      case SeenFrame.Content.Good _ ->
          outcomes.put(
              "signature", new Outcome.Unchecked("nothing is signed in a frame of this kind"));
    }
    return new FrameCheck(
        outcomes, key instanceof AccountKey.Known known ? Optional.of(known) : Optional.empty());
  }

  private static void put(
      Verification verification,
      List<Level> levels,
      AccountKey key,
      SequencedMap<String, Outcome> outcomes) {
    for (Level level : levels) {
      Outcome outcome = verification.of(level);
      if (level == Level.SIGNATURE
          && outcome instanceof Outcome.Unchecked
          && verification.state().isPresent()
          && key instanceof AccountKey.Unknown(String why)) {
        outcome = new Outcome.Unchecked(why);
      }
      outcomes.put(name(level), outcome);
    }
  }

  private static String name(Level level) {
    return level == Level.INVERSION ? "proof" : level.name().toLowerCase(Locale.ROOT);
  }

  /** Whether something is not as it should be. */
  public boolean isWrong() {
    return outcomes.values().stream().anyMatch(outcome -> outcome instanceof Outcome.Failed);
  }

  /** Whether all of it was checked, and is as it should be. */
  public boolean isWhole() {
    return !outcomes.isEmpty()
        && outcomes.values().stream().allMatch(outcome -> outcome instanceof Outcome.Passed);
  }

  /** A line of each, by name. */
  SequencedMap<String, String> lines() {
    SequencedMap<String, String> lines = new LinkedHashMap<>();
    outcomes.forEach(
        (name, outcome) -> lines.put(name, VisibleText.line(words(name, outcome), MOST_DETAIL)));
    return lines;
  }

  private String words(String name, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Passed _ -> "right" + why(name);
      case Outcome.Unchecked(String why) -> name + " not checked: " + why;
      case Outcome.Failed(var reason, String detail) ->
          "WRONG, "
              + reason.name().toLowerCase(Locale.ROOT).replace('_', ' ')
              + ": "
              + detail
              + (name.equals("signature") && key.filter(AccountKey.Known::ofNow).isPresent()
                  ? ". The key is the account's of now; at the time it may have been another, which"
                      + " --key names"
                  : "");
    };
  }

  private String why(String name) {
    return switch (name) {
      case "structure" -> ": every block is what its CID says, and the commit what the frame says";
      case "operations" -> ": every one is what the tree after it has";
      case "proof" -> ": the operations undone give the tree before";
      case "signature" ->
          key.map(known -> ": by " + known.key() + ", by " + known.source()).orElse("");
      default -> "";
    };
  }

  /** The same as JSON. */
  void putInto(ObjectNode json) {
    ObjectNode all = json.putObject("verification");
    outcomes.forEach((name, outcome) -> {
      ObjectNode one = all.putObject(name);
      switch (outcome) {
        case Outcome.Passed _ -> one.put("outcome", "right");
        case Outcome.Unchecked(String why) -> one.put("outcome", "unchecked").put("detail", why);
        case Outcome.Failed(var reason, String detail) ->
            one.put("outcome", "wrong")
                .put("reason", reason.name().toLowerCase(Locale.ROOT))
                .put("detail", detail);
      }
    });
    key.ifPresent(known -> all.put("key", known.key().didKey()).put("key_source", known.source()));
  }
}
