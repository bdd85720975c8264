package courtside.processor.evaluation;

import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedDefinition;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.rule.Candidate;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.Matches;
import courtside.processor.rule.RuleException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a definition says of labelled posts. Posts are nobody's and have no age: rule, exclusion and
 * languages are what is judged. Immutable.
 *
 * @param all the score of all posts
 * @param byLanguage the scores of each language's posts
 * @param byKind the scores of each kind's posts
 * @param mistakes the posts that were taken wrongly or missed, in their order
 */
public record Evaluation(
    Score all,
    SortedMap<String, Score> byLanguage,
    SortedMap<String, Score> byKind,
    List<LabelledPost> mistakes) {
  private static final Did NOBODY = new Did("did:web:example.invalid");

  /** Copies nothing that could change. */
  public Evaluation {
    byLanguage = Collections.unmodifiableSortedMap(byLanguage);
    byKind = Collections.unmodifiableSortedMap(byKind);
    mistakes = List.copyOf(mistakes);
  }

  /**
   * Evaluates.
   *
   * @throws IllegalStateException if the definition's rule cannot be used, which was checked where
   *     it was read
   */
  public static Evaluation of(DefinitionFile file, List<LabelledPost> posts) {
    FeedDefinition definition = file.toDefinition("", false);
    Matcher matcher;
    try {
      matcher = Matcher.of(Map.of(file.version(), definition));
    } catch (RuleException e) {
      throw new IllegalStateException("the rule of " + file.feed() + " was checked before", e);
    }
    Score all = Score.NONE;
    SortedMap<String, Score> byLanguage = new TreeMap<>();
    SortedMap<String, Score> byKind = new TreeMap<>();
    List<LabelledPost> mistakes = new ArrayList<>();
    for (LabelledPost post : posts) {
      // A rule that fails at a post does not take it, here as there.
      Matches matches = matcher.match(new Candidate(NOBODY, post.post(), Instant.EPOCH));
      boolean taken = !matches.versions().isEmpty();
      all = all.plus(post.match(), taken);
      byLanguage.merge(post.language(), Score.NONE.plus(post.match(), taken), Evaluation::sum);
      byKind.merge(post.kind(), Score.NONE.plus(post.match(), taken), Evaluation::sum);
      if (taken != post.match()) {
        mistakes.add(post);
      }
    }
    return new Evaluation(all, byLanguage, byKind, mistakes);
  }

  private static Score sum(Score one, Score other) {
    return new Score(
        one.right() + other.right(),
        one.wrong() + other.wrong(),
        one.missed() + other.missed(),
        one.rest() + other.rest());
  }
}
