package courtside.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every line of the interoperability lists, in both editions: the published one, and the one that
 * the reference implementation keeps. Neither calls valid what the other calls invalid; of {@code
 * de-419-DE} and of the year 0 only one of them says anything, and what it says is held.
 */
final class SyntaxVectorsTest {
  /** Parses one identifier. */
  @FunctionalInterface
  private interface Parser {
    Object parse(String text) throws MalformedDataException;
  }

  @Test
  void dids() throws IOException {
    assertBothEditions("did", Did::parse);
  }

  @Test
  void nsids() throws IOException {
    assertBothEditions("nsid", Nsid::parse);
  }

  @Test
  void tids() throws IOException {
    assertBothEditions("tid", Tid::parse);
  }

  @Test
  void recordKeys() throws IOException {
    assertBothEditions("recordkey", RecordKey::parse);
  }

  @Test
  void languages() throws IOException {
    assertBothEditions("language", Language::parse);
    // Well formed, but a subtag twice, or not of the primary subtags that the protocol takes.
    assertInvalid(SharedFiles.cases("language_parse_invalid.txt"), Language::parse);
    assertInvalid(SharedFiles.referenceCases("language_parse_invalid.txt"), Language::parse);
  }

  @Test
  void datetimes() throws IOException {
    assertBothEditions("datetime", Datetime::parse);
    // Of the right form, but of no moment.
    assertInvalid(SharedFiles.cases("datetime_parse_invalid.txt"), Datetime::parse);
    assertInvalid(SharedFiles.referenceCases("datetime_parse_invalid.txt"), Datetime::parse);
  }

  /** Only the published edition has these. */
  @Test
  void uris() throws IOException {
    assertValid(SharedFiles.cases("uri_syntax_valid.txt"), Uri::parse);
    assertInvalid(SharedFiles.cases("uri_syntax_invalid.txt"), Uri::parse);
  }

  @Test
  void atUris() throws IOException {
    assertBothEditions("aturi", AtUri::parse);
  }

  @Test
  void handlesArePrintedInLowerCase() throws IOException, MalformedDataException {
    for (String valid : both("handle_syntax_valid.txt")) {
      assertThat(Handle.parse(valid)).as(valid).hasToString(valid.toLowerCase(Locale.ROOT));
    }
    assertInvalid(both("handle_syntax_invalid.txt"), Handle::parse);
  }

  @Test
  void handlesUnderDisallowedDomainsAreHandlesAndReserved()
      throws IOException, MalformedDataException {
    Set<String> disallowed = Set.of("arpa", "local", "onion");
    int reserved = 0;
    for (String valid : SharedFiles.cases("handle_syntax_valid.txt")) {
      Handle handle = Handle.parse(valid);
      String domain = handle.value().substring(handle.value().lastIndexOf('.') + 1);
      assertThat(handle.isReserved()).as(valid).isEqualTo(disallowed.contains(domain));
      reserved += handle.isReserved() ? 1 : 0;
    }
    assertThat(reserved).isEqualTo(10);
  }

  @Test
  void atIdentifiersAreEitherOfTheTwo() throws IOException, MalformedDataException {
    for (String valid : both("atidentifier_syntax_valid.txt")) {
      AtIdentifier parsed = AtIdentifier.parse(valid);
      boolean did = valid.startsWith("did:");
      assertThat(parsed).as(valid).isInstanceOf(did ? Did.class : Handle.class);
      assertThat(parsed.value()).isEqualTo(did ? valid : valid.toLowerCase(Locale.ROOT));
      assertThat(parsed).hasToString(parsed.value());
    }
    assertInvalid(both("atidentifier_syntax_invalid.txt"), AtIdentifier::parse);
  }

  @Test
  void addressesOfRecordsAreAtUrisByDidWithARecordKey() throws IOException, MalformedDataException {
    int ofRecords = 0;
    for (String valid : both("aturi_syntax_valid.txt")) {
      boolean ofRecord =
          valid.startsWith("at://did:") && valid.chars().filter(c -> c == '/').count() == 4;
      AtUri uri = AtUri.parse(valid);
      if (ofRecord) {
        ofRecords++;
        assertThat(uri.recordUri()).as(valid).hasValue(RecordUri.parse(valid));
        assertThat(RecordUri.parse(valid)).hasToString(valid);
      } else {
        assertThat(uri.recordUri()).as(valid).isEmpty();
        assertRefused(valid, RecordUri::parse);
      }
    }
    assertThat(ofRecords).isEqualTo(30);
    assertInvalid(both("aturi_syntax_invalid.txt"), RecordUri::parse);
  }

  private static List<String> both(String list) throws IOException {
    List<String> published = SharedFiles.cases(list);
    List<String> reference = SharedFiles.referenceCases(list);
    assertThat(published).as(list).isNotEmpty();
    assertThat(reference).as(list).isNotEmpty();
    return Stream.concat(published.stream(), reference.stream()).toList();
  }

  private static void assertBothEditions(String name, Parser parser) throws IOException {
    assertValid(both(name + "_syntax_valid.txt"), parser);
    assertInvalid(both(name + "_syntax_invalid.txt"), parser);
  }

  /** Each is printed as it was, and is equal to itself alone. */
  private static void assertValid(List<String> cases, Parser parser) {
    assertThat(cases).isNotEmpty();
    for (String text : cases) {
      try {
        Object parsed = parser.parse(text);
        assertThat(parsed).hasToString(text);
        for (String other : cases) {
          assertThat(parsed.equals(parser.parse(other)))
              .as("'%s' equals '%s'", text, other)
              .isEqualTo(text.equals(other));
        }
      } catch (MalformedDataException e) {
        throw new AssertionError("refused: " + text, e);
      }
    }
  }

  private static void assertInvalid(List<String> cases, Parser parser) {
    assertThat(cases).isNotEmpty();
    for (String text : cases) {
      assertRefused(text, parser);
    }
  }

  private static void assertRefused(String text, Parser parser) {
    assertThatThrownBy(() -> parser.parse(text))
        .as(text)
        .isInstanceOfSatisfying(
            MalformedDataException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.BAD_IDENTIFIER);
              assertThat(e.getMessage()).hasSizeLessThan(200);
            });
  }
}
