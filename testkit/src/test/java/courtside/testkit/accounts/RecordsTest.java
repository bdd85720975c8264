package courtside.testkit.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.record.Blob;
import courtside.atproto.record.Embed;
import courtside.atproto.record.Follow;
import courtside.atproto.record.Like;
import courtside.atproto.record.Post;
import courtside.atproto.record.PostSummary;
import courtside.atproto.record.Repost;
import courtside.atproto.record.StrongRef;
import courtside.atproto.record.Timestamp;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.testkit.network.Facet;
import courtside.testkit.network.Utterance;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecordsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00.120Z");
  private static final Ref ROOT = ref("3m6aaaaaaaaa2");
  private static final Ref PARENT = ref("3m6aaaaaaaab2");

  private static final Utterance EVERYTHING =
      new Utterance(
          "Ömer für drei! #Knicks knicks.example/a",
          List.of("de", "en"),
          true,
          List.of(
              new Facet.Tag(17, 24, "Knicks"), new Facet.Link(25, 41, "https://knicks.example/a")),
          List.of("A dunk", ""),
          List.of("NBA", "NewYorkForever"),
          List.of("graphic-media"),
          Optional.empty());

  private static Ref ref(String rkey) {
    RecordUri uri =
        new RecordUri(new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz"), Nsid.POST, new RecordKey(rkey));
    return Ref.of(uri, Bytes.of(rkey.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Optional<StrongRef> strong(Ref ref) {
    return Optional.of(new StrongRef(ref.uri().toString(), ref.cid().toString()));
  }

  @Test
  void aPostSaysAllThatItsAuthorDid() throws MalformedDataException {
    Post post =
        Post.read(
            Records.post(
                EVERYTHING,
                new Setting(
                    NOW, Optional.of(new Setting.Answered(ROOT, PARENT)), Optional.of(ROOT))));

    assertThat(post.brokenLimits()).isEmpty();
    assertThat(post.summary())
        .isEqualTo(
            new PostSummary(
                EVERYTHING.text(),
                Optional.of(NOW),
                List.of("de", "en"),
                List.of("Knicks", "NBA", "NewYorkForever"),
                List.of("https://knicks.example/a"),
                List.of("A dunk"),
                List.of(),
                List.of("graphic-media"),
                true,
                true,
                true));
    assertThat(post.facets())
        .extracting(facet -> facet.partOf(post.text()).orElseThrow().text())
        .containsExactly("#Knicks", "knicks.example/a");
    assertThat(post.reply()).contains(new Post.Reply(strong(ROOT), strong(PARENT)));
    assertThat(post.embed())
        .get()
        .isInstanceOfSatisfying(
            Embed.RecordWithMedia.class,
            both -> {
              assertThat(both.record()).isEqualTo(strong(ROOT));
              assertThat(both.media()).containsInstanceOf(Embed.Images.class);
            });
  }

  @Test
  void aPostSaysNothingElse() throws MalformedDataException {
    Utterance words =
        new Utterance(
            "Hm.", List.of(), false, List.of(), List.of(), List.of(), List.of(), Optional.empty());
    Bytes record = Records.post(words, new Setting(NOW, Optional.empty(), Optional.empty()));

    assertThat(new String(record.toArray(), StandardCharsets.ISO_8859_1))
        .contains("text", "$type", "createdAt")
        .doesNotContain("langs", "facets", "embed", "reply", "labels", "tags");
    assertThat(Post.read(record).createdAt()).contains(new Timestamp("2026-11-25T20:00:00.120Z"));
  }

  @Test
  void picturesAreBlobsOfRawBytes() throws MalformedDataException {
    Post post =
        Post.read(Records.post(EVERYTHING, new Setting(NOW, Optional.empty(), Optional.empty())));

    Embed.Images images = (Embed.Images) post.embed().orElseThrow();
    assertThat(images.images()).extracting(Embed.Image::alt).containsExactly("A dunk", "");
    List<Blob> blobs = images.images().stream().map(image -> image.image().orElseThrow()).toList();
    assertThat(blobs)
        .allSatisfy(blob -> {
          assertThat(blob.ref().isDagCbor()).isFalse();
          assertThat(blob.mimeType()).isEqualTo("image/jpeg");
          assertThat(blob.size().orElseThrow()).isBetween(1L, 1_000_000L);
          assertThat(blob.legacy()).isFalse();
        });
    assertThat(blobs.getFirst().ref()).isNotEqualTo(blobs.getLast().ref());
  }

  @Test
  void aPostThatShowsAnotherEmbedsIt() throws MalformedDataException {
    Utterance words =
        new Utterance(
            "This.",
            List.of("en"),
            false,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty());
    Post post =
        Post.read(Records.post(words, new Setting(NOW, Optional.empty(), Optional.of(PARENT))));
    assertThat(post.embed()).contains(new Embed.EmbeddedRecord(strong(PARENT)));
    assertThat(post.reply()).isEmpty();
  }

  @Test
  void likesRepostsAndFollowsNameTheirSubjects() throws MalformedDataException {
    Like like = Like.read(Records.like(ROOT, NOW));
    assertThat(like.subject()).isEqualTo(strong(ROOT));
    assertThat(like.createdAt().orElseThrow().moment()).contains(NOW);
    assertThat(Repost.read(Records.repost(PARENT, NOW)).subject()).isEqualTo(strong(PARENT));
    Did followed = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    assertThat(Follow.read(Records.follow(followed, NOW)).subject()).isEqualTo(followed.value());
  }
}
