package courtside.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What identifiers say beyond their syntax. */
final class IdentifiersTest {
  private static final Did DID = new Did("did:plc:asdf123");

  @Test
  void tidsNameAMomentAndAClock() throws MalformedDataException {
    Instant time = Instant.parse("2026-11-23T18:36:03.943123Z");
    Tid tid = Tid.at(time, 5);
    assertThat(tid.time()).isEqualTo(time);
    assertThat(tid.clockId()).isEqualTo(5);
    assertThat(Tid.parse(tid.value())).isEqualTo(tid).hasSameHashCodeAs(tid);
    assertThat(Tid.at(time, 6)).isGreaterThan(tid);
    assertThat(Tid.at(time.plusNanos(1000), 0)).isGreaterThan(tid);
    assertThat(Tid.parse("2222222222222").time()).isEqualTo(Instant.EPOCH);
    assertThat(Tid.parse("2222222222222").clockId()).isZero();
    assertThat(Tid.parse("bzzzzzzzzzzzz").clockId()).isEqualTo(1023);
  }

  @Test
  void tidsEndWithTheirBits() {
    Tid last = new Tid("bzzzzzzzzzzzz");
    assertThat(Tid.at(last.time(), 1023)).isEqualTo(last);
    for (Instant beyond :
        List.of(
            last.time().plusNanos(1000),
            // Where the bits of the moment would have begun again.
            Instant.EPOCH.plusSeconds((1L << 54) / 1_000_000 + 1),
            Instant.EPOCH.minusNanos(1),
            Instant.MIN,
            Instant.MAX)) {
      assertThatThrownBy(() -> Tid.at(beyond, 0))
          .as("%s", beyond)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void nsidsHaveAnAuthorityAndAName() {
    assertThat(Nsid.POST).hasToString("app.bsky.feed.post");
    assertThat(Nsid.POST.authority()).isEqualTo("feed.bsky.app");
    assertThat(Nsid.POST.name()).isEqualTo("post");
    assertThat(new Nsid("Com.Example.fooBar").authority()).isEqualTo("example.com");
    assertThat(new Nsid("a.b.C").name()).isEqualTo("C");
  }

  @Test
  void handlesAreTheSameInAnyCase() throws MalformedDataException {
    Handle handle = Handle.parse("Alice.Example.COM");
    assertThat(handle)
        .isEqualTo(new Handle("alice.example.com"))
        .isEqualByComparingTo(new Handle("ALICE.example.com"))
        .hasSameHashCodeAs(new Handle("alice.example.com"));
    assertThat(handle.value()).isEqualTo("alice.example.com");
    assertThat(new Handle("B.example.com")).isGreaterThan(handle);
  }

  @Test
  void handlesUnderDomainsThatNoAccountCanHaveAreReserved() {
    Stream.of("alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion")
        .forEach(domain -> {
          assertThat(new Handle("a." + domain).isReserved()).as(domain).isTrue();
          assertThat(new Handle(domain + ".com").isReserved()).as(domain).isFalse();
          assertThat(new Handle("a.b-" + domain).isReserved()).as(domain).isFalse();
        });
    assertThat(new Handle("a.ONION").isReserved()).isTrue();
    assertThat(Handle.INVALID).hasToString("handle.invalid");
    assertThat(Handle.INVALID.isReserved()).isTrue();
  }

  @Test
  void languagesHaveAPrimarySubtag() throws MalformedDataException {
    assertThat(Language.parse("ja").primary()).hasValue("ja");
    assertThat(Language.parse("pt-BR").primary()).hasValue("pt");
    assertThat(Language.parse("sgn-BE-NL").primary()).hasValue("sgn");
    assertThat(Language.parse("x-private").primary()).isEmpty();
    assertThat(Language.parse("i-navajo").primary()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "en-GB-oed",
        "zh-min-nan",
        "zh-cmn-Hans-CN",
        "de-1996",
        "sl-Latn-IT-rozaj-1994",
        "x-a-b-12345678",
        "en-a-bbb-x-a-ccc",
        "ar-a-aaa-b-bbb-a1",
        "i-ENOCHIAN"
      })
  void takesWhatTheGrammarOfLanguagesAllows(String tag) throws MalformedDataException {
    assertThat(Language.parse(tag)).hasToString(tag);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "x",
        "x-",
        "i",
        "i-",
        "i-unknown",
        "I-navajo",
        "en--GB",
        "en-x",
        "en-a",
        "en-a-b",
        "en-GB-Latn", // the script after the region
        "de-419-DE",
        "en-abc-def-ghi-jkl", // four extended languages
        "en-123456789",
        "x-123456789",
        "en-12",
        "en-abcd-abcd",
        "en-GB ",
        "e\u0301n",
        "i-\u212Alingon" // the Kelvin sign, whose lower case is a k
      })
  void refusesOtherLanguages(String tag) {
    assertThatThrownBy(() -> Language.parse(tag)).isInstanceOf(MalformedDataException.class);
  }

  @Test
  void languagesAreNoLongerThanTheirLimit() throws MalformedDataException {
    String longest = "en-x" + "-1234567".repeat(15) + "-123";
    assertThat(longest).hasSize(128);
    assertThat(Language.parse(longest)).hasToString(longest);
    assertThatThrownBy(() -> Language.parse(longest + "4"))
        .isInstanceOf(MalformedDataException.class);
  }

  @Test
  void urisHaveAScheme() throws MalformedDataException {
    assertThat(Uri.parse("HTTPS://example.com").scheme()).isEqualTo("https");
    assertThat(Uri.parse("a+b-c.d:e").scheme()).isEqualTo("a+b-c.d");
    assertThat(Uri.parse("a:" + "x".repeat(8190)).value()).hasSize(8192);
    for (String wrong :
        List.of("", ":", "a", "a:", ":a", "1a:b", "a b:c", "a:\u007f", "a:é", "a:\n", "é:a")) {
      assertThatThrownBy(() -> Uri.parse(wrong))
          .as(wrong)
          .isInstanceOf(MalformedDataException.class);
    }
    assertThatThrownBy(() -> Uri.parse("a:" + "x".repeat(8191)))
        .isInstanceOf(MalformedDataException.class);
  }

  @Test
  void atUrisHaveParts() throws MalformedDataException {
    AtUri account = AtUri.parse("at://Alice.Example.com");
    assertThat(account.authority()).isEqualTo(new Handle("alice.example.com"));
    assertThat(account).hasToString("at://alice.example.com");
    AtUri record = AtUri.parse("at://" + DID + "/app.bsky.feed.post/self");
    assertThat(record)
        .isEqualTo(new AtUri(DID, Optional.of(Nsid.POST), Optional.of(new RecordKey("self"))))
        .isGreaterThan(AtUri.parse("at://" + DID + "/app.bsky.feed.post"));
    assertThat(record.recordUri()).hasValue(new RecordUri(DID, Nsid.POST, new RecordKey("self")));
    assertThat(AtUri.parse("at://alice.example.com/app.bsky.feed.post/self").recordUri()).isEmpty();
    assertThatThrownBy(() -> new AtUri(DID, Optional.empty(), Optional.of(new RecordKey("self"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** They look like comments of the lists, and are wrong as well. */
  @Test
  void anOpeningHashSignIsPartOfNoIdentifier() {
    assertThatThrownBy(() -> AtUri.parse("#at://did:plc:asdf123"))
        .isInstanceOf(MalformedDataException.class);
    assertThatThrownBy(() -> RecordKey.parse("#extra")).isInstanceOf(MalformedDataException.class);
  }

  @Test
  void ourOwnTextMustBeRight() {
    assertThatThrownBy(() -> new Did("did:")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Nsid("a.b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RecordKey("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Tid("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Handle("a")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Language("a")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Uri("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a URI, found 'a'");
  }
}
