package courtside.processor.rule;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Posts for tests, made from what matters. Immutable. */
record Posts(PostSummary post) {
  static final Did AUTHOR = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  static final Instant SEEN = Instant.parse("2026-01-15T12:00:00Z");

  static Posts text(String text) {
    return new Posts(
        new PostSummary(
            text,
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            false,
            false,
            false));
  }

  Posts tags(String... tags) {
    return of(post.createdAt(), post.langs(), List.of(tags), post.links());
  }

  Posts langs(String... langs) {
    return of(post.createdAt(), List.of(langs), post.tags(), post.links());
  }

  Posts links(String... links) {
    return of(post.createdAt(), post.langs(), post.tags(), List.of(links));
  }

  Posts createdAt(String time) {
    return of(Optional.of(Instant.parse(time)), post.langs(), post.tags(), post.links());
  }

  Posts alts(String... alts) {
    return new Posts(
        new PostSummary(
            post.text(),
            post.createdAt(),
            post.langs(),
            post.tags(),
            post.links(),
            List.of(alts),
            post.cardTexts(),
            post.labels(),
            post.reply(),
            post.quote(),
            true));
  }

  Posts card(String... texts) {
    return new Posts(
        new PostSummary(
            post.text(),
            post.createdAt(),
            post.langs(),
            post.tags(),
            post.links(),
            post.altTexts(),
            List.of(texts),
            post.labels(),
            post.reply(),
            post.quote(),
            post.media()));
  }

  Posts labels(String... labels) {
    return new Posts(
        new PostSummary(
            post.text(),
            post.createdAt(),
            post.langs(),
            post.tags(),
            post.links(),
            post.altTexts(),
            post.cardTexts(),
            List.of(labels),
            post.reply(),
            post.quote(),
            post.media()));
  }

  Posts kinds(boolean reply, boolean quote, boolean media) {
    return new Posts(
        new PostSummary(
            post.text(),
            post.createdAt(),
            post.langs(),
            post.tags(),
            post.links(),
            post.altTexts(),
            post.cardTexts(),
            post.labels(),
            reply,
            quote,
            media));
  }

  private Posts of(
      Optional<Instant> createdAt, List<String> langs, List<String> tags, List<String> links) {
    return new Posts(
        new PostSummary(
            post.text(),
            createdAt,
            langs,
            tags,
            links,
            post.altTexts(),
            post.cardTexts(),
            post.labels(),
            post.reply(),
            post.quote(),
            post.media()));
  }

  Candidate candidate() {
    return new Candidate(AUTHOR, post, SEEN);
  }

  Candidate by(Did author) {
    return new Candidate(author, post, SEEN);
  }
}
