package courtside.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every line of the interoperability lists. */
final class SyntaxVectorsTest {
  /** Parses one identifier, and prints it again. */
  @FunctionalInterface
  private interface Parser {
    String parse(String text) throws MalformedDataException;
  }

  @Test
  void dids() throws IOException {
    assertList("did", text -> Did.parse(text).toString());
  }

  @Test
  void nsids() throws IOException {
    assertList("nsid", text -> Nsid.parse(text).toString());
  }

  @Test
  void tids() throws IOException {
    assertList("tid", text -> Tid.parse(text).toString());
  }

  @Test
  void recordKeys() throws IOException {
    assertList("recordkey", text -> RecordKey.parse(text).toString());
  }

  @Test
  void datetimes() throws IOException {
    for (String valid : SharedFiles.cases("datetime_syntax_valid.txt")) {
      assertThat(Datetime.parse(valid)).as(valid).isPresent();
    }
    for (String invalid : SharedFiles.cases("datetime_syntax_invalid.txt")) {
      assertThat(Datetime.parse(invalid)).as(invalid).isEmpty();
    }
    for (String invalid : SharedFiles.cases("datetime_parse_invalid.txt")) {
      assertThat(Datetime.parse(invalid)).as(invalid).isEmpty();
    }
  }

  @Test
  void atUrisOfRecordsByDid() throws IOException, MalformedDataException {
    // Given: others are AT-URIs too, but of no record, or by a handle
    List<String> ofRecords =
        SharedFiles.cases("aturi_syntax_valid.txt").stream()
            .filter(text ->
                text.startsWith("at://did:") && text.chars().filter(c -> c == '/').count() == 4)
            .toList();
    assertThat(ofRecords).hasSizeGreaterThan(10);

    for (String valid : ofRecords) {
      assertThat(RecordUri.parse(valid)).as(valid).hasToString(valid);
    }
    for (String invalid : SharedFiles.cases("aturi_syntax_invalid.txt")) {
      assertThatThrownBy(() -> RecordUri.parse(invalid))
          .as(invalid)
          .isInstanceOf(MalformedDataException.class);
    }
  }

  @Test
  void tidsNameAMoment() throws MalformedDataException {
    Instant time = Instant.parse("2026-11-23T18:36:03.943123Z");
    Tid tid = Tid.at(time, 5);
    assertThat(tid.time()).isEqualTo(time);
    assertThat(Tid.parse(tid.value())).isEqualTo(tid);
    assertThat(Tid.at(time.plusNanos(1000), 0)).isGreaterThan(tid);
    assertThat(Tid.parse("2222222222222").time()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void nsidOfPostsIsThere() {
    assertThat(Nsid.POST).hasToString("app.bsky.feed.post");
  }

  @Test
  void datetimesKeepNineDigits() {
    assertThat(Datetime.parse("2026-01-02T03:04:05.123456789123Z"))
        .hasValue(Instant.parse("2026-01-02T03:04:05.123456789Z"));
    assertThat(Datetime.parse("2026-01-02T03:04:05+01:30"))
        .hasValue(Instant.parse("2026-01-02T01:34:05Z"));
  }

  private static void assertList(String name, Parser parser) throws IOException {
    List<String> valid = SharedFiles.cases(name + "_syntax_valid.txt");
    List<String> invalid = SharedFiles.cases(name + "_syntax_invalid.txt");
    assertThat(valid).isNotEmpty();
    assertThat(invalid).isNotEmpty();
    for (String text : valid) {
      try {
        assertThat(parser.parse(text)).isEqualTo(text);
      } catch (MalformedDataException e) {
        throw new AssertionError("refused: " + text, e);
      }
    }
    for (String text : invalid) {
      assertThatThrownBy(() -> parser.parse(text))
          .as(text)
          .isInstanceOfSatisfying(
              MalformedDataException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.BAD_IDENTIFIER));
    }
  }
}
