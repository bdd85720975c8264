package courtside.processor.evaluation;

import courtside.atproto.record.PostSummary;

/**
 * A post that somebody has judged. Immutable.
 *
 * @param file where it stands
 * @param line in which line, from 1
 * @param match whether it belongs to the feed
 * @param language what it is written in; {@code ?} where nobody says
 * @param kind what it is about, or what it may be confused with; {@code ?} where nobody says
 */
public record LabelledPost(
    String file, int line, boolean match, String language, String kind, PostSummary post) {}
