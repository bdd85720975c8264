package courtside.testkit.accounts;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.record.Follow;
import courtside.atproto.record.Like;
import courtside.atproto.record.Repost;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordUri;
import courtside.testkit.network.Facet;
import courtside.testkit.network.Utterance;
import courtside.testkit.network.Voice;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The records of accounts, as their lexicons have them, in DAG-CBOR.
 *
 * @see <a href="https://docs.bsky.app/docs/advanced-guides/posts">Posts</a>
 */
final class Records {
  static final Nsid LIKE = new Nsid(Like.TYPE);
  static final Nsid REPOST = new Nsid(Repost.TYPE);
  static final Nsid FOLLOW = new Nsid(Follow.TYPE);
  static final Nsid PROFILE = new Nsid("app.bsky.actor.profile");
  static final Nsid THREADGATE = new Nsid("app.bsky.feed.threadgate");

  private static final String TYPE = "$type";
  private static final int LEAST_PICTURE_BYTES = 20_000;
  private static final int PICTURE_SIZES = 900_000;

  private Records() {}

  /** A datetime, to the millisecond. */
  static String datetime(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  static Bytes post(Utterance utterance, Setting setting) {
    Map<String, Object> post = record(Nsid.POST, setting.createdAt());
    post.put("text", utterance.text());
    if (!utterance.langs().isEmpty()) {
      post.put("langs", utterance.langs());
    }
    if (!utterance.facets().isEmpty()) {
      post.put("facets", utterance.facets().stream().map(Records::facet).toList());
    }
    setting
        .answers()
        .ifPresent(answers ->
            post.put(
                "reply",
                Map.of("root", strong(answers.root()), "parent", strong(answers.parent()))));
    embed(utterance, setting).ifPresent(embed -> post.put("embed", embed));
    if (!utterance.tags().isEmpty()) {
      post.put("tags", utterance.tags());
    }
    if (!utterance.labels().isEmpty()) {
      List<Map<String, String>> values =
          utterance.labels().stream().map(label -> Map.of("val", label)).toList();
      post.put("labels", Map.of(TYPE, "com.atproto.label.defs#selfLabels", "values", values));
    }
    return written(post);
  }

  static Bytes like(Ref subject, Instant now) {
    return subject(LIKE, subject, now);
  }

  static Bytes repost(Ref subject, Instant now) {
    return subject(REPOST, subject, now);
  }

  static Bytes follow(Did subject, Instant now) {
    Map<String, Object> follow = record(FOLLOW, now);
    follow.put("subject", subject.value());
    return written(follow);
  }

  static Bytes profile(Voice voice, Instant now) {
    Map<String, Object> profile = record(PROFILE, now);
    profile.put("displayName", voice.role().name().toLowerCase(Locale.ROOT) + " " + voice.index());
    profile.put("description", "A simulated account.");
    return written(profile);
  }

  /** Lets only those answer whom the author follows. */
  static Bytes threadgate(RecordUri post, Instant now) {
    Map<String, Object> gate = record(THREADGATE, now);
    gate.put("post", post.toString());
    gate.put("allow", List.of(Map.of(TYPE, THREADGATE + "#followingRule")));
    return written(gate);
  }

  private static Map<String, Object> record(Nsid type, Instant createdAt) {
    Map<String, Object> record = new HashMap<>();
    record.put(TYPE, type.value());
    record.put("createdAt", datetime(createdAt));
    return record;
  }

  private static Bytes subject(Nsid type, Ref subject, Instant now) {
    Map<String, Object> record = record(type, now);
    record.put("subject", strong(subject));
    return written(record);
  }

  private static Map<String, String> strong(Ref ref) {
    return Map.of("uri", ref.uri().toString(), "cid", ref.cid().toString());
  }

  private static Map<String, Object> facet(Facet facet) {
    Map<String, String> feature =
        switch (facet) {
          case Facet.Tag tag -> Map.of(TYPE, "app.bsky.richtext.facet#tag", "tag", tag.tag());
          case Facet.Link link -> Map.of(TYPE, "app.bsky.richtext.facet#link", "uri", link.uri());
        };
    return Map.of(
        "index",
        Map.of("byteStart", facet.start(), "byteEnd", facet.end()),
        "features",
        List.of(feature));
  }

  private static Optional<Map<String, Object>> embed(Utterance utterance, Setting setting) {
    Optional<Map<String, Object>> images =
        utterance.pictures().isEmpty()
            ? Optional.empty()
            : Optional.of(images(utterance.pictures(), setting.createdAt()));
    Optional<Map<String, Object>> shown =
        setting.shows().map(ref -> Map.of(TYPE, "app.bsky.embed.record", "record", strong(ref)));
    if (images.isPresent() && shown.isPresent()) {
      return Optional.of(
          Map.of(
              TYPE,
              "app.bsky.embed.recordWithMedia",
              "record",
              shown.get(),
              "media",
              images.get()));
    }
    return shown.isPresent() ? shown : images;
  }

  private static Map<String, Object> images(List<String> descriptions, Instant createdAt) {
    List<Map<String, Object>> images = new ArrayList<>();
    for (int i = 0; i < descriptions.size(); i++) {
      images.add(
          Map.of(
              "alt",
              descriptions.get(i),
              "image",
              blob(datetime(createdAt) + " " + i + " " + descriptions.get(i)),
              "aspectRatio",
              Map.of("width", 4, "height", 3)));
    }
    return Map.of(TYPE, "app.bsky.embed.images", "images", images);
  }

  /** A picture that nobody has; whoever looks at frames never asks for one. */
  private static Map<String, Object> blob(String madeOf) {
    byte[] bytes = madeOf.getBytes(StandardCharsets.UTF_8);
    Cid cid = Cid.ofRaw(bytes, 0, bytes.length);
    return Map.of(
        TYPE,
        "blob",
        "ref",
        cid,
        "mimeType",
        "image/jpeg",
        "size",
        LEAST_PICTURE_BYTES + Math.floorMod(cid.hashCode(), PICTURE_SIZES));
  }

  private static Bytes written(Map<String, Object> record) {
    return Bytes.of(DagCborWriter.write(record));
  }
}
