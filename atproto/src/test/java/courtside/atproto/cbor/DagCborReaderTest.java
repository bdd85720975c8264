package courtside.atproto.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DagCborReaderTest {
  private static final String CID_BYTES =
      "0001711220" + "11".repeat(32); // 0x00 and the 36 bytes of a CID

  @ParameterizedTest
  @ValueSource(strings = {"5f", "7f", "9f", "bf", "5f4161ff", "7f6161ff", "9f01ff", "bf616101ff"})
  void refusesIndefiniteLengths(String hex) {
    assertRefused(hex, Kind.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1c", "1d", "1e", "3c", "5d", "7e", "9c", "bd", "dc"})
  void refusesReservedLengths(String hex) {
    assertRefused(hex, Kind.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1800",
        "1817",
        "190000",
        "1900ff",
        "1a00000000",
        "1a0000ffff",
        "1b0000000000000000",
        "1b00000000ffffffff",
        "3817",
        "3900ff",
        "3a0000ffff",
        "3b00000000ffffffff",
        "580161",
        "590001ff",
        "780161",
        "79000161",
        "980101",
        "b801616101",
        "d82a5900251100",
        "d9002a4100"
      })
  void refusesNumbersThatAreNotInTheirShortestForm(String hex) {
    assertRefused(hex, Kind.NOT_CANONICAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a10101", "a1416101", "a1f601", "a18001", "a1a001", "a1d82a4161f6"})
  void refusesKeysThatAreNoText(String hex) {
    assertRefused(hex, Kind.WRONG_TYPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a2616101616102", // a, a
        "a2616201616102", // b, a
        "a262616101616202", // aa, b: the shorter comes first
        "a262c3a9016261" + "6102", // é, aa: by unsigned bytes
        "81a2616201616102"
      })
  void refusesKeysOutOfOrderOrTwice(String hex) {
    assertRefused(hex, Kind.NOT_CANONICAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"c0", "c11a00000000", "d82b4100", "d9d9f700", "c2420100", "d820" + "6161"})
  void refusesOtherTags(String hex) {
    assertRefused(hex, Kind.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "d82a6161", // text
        "d82a01", // integer
        "d82a80", // array
        "d82ad82a4100", // a link
        "d82a40", // nothing
        "d82a4100", // no CID
        "d82a58250171122011" + "111111111111111111111111111111111111111111111111111111111111111111"
      })
  void refusesLinksThatAreNone(String hex) {
    assertRefused(hex, Kind.BAD_CID);
  }

  @Test
  void refusesCidsLongerThanAny() {
    assertRefused("d82a586500" + "01".repeat(100), Kind.BAD_CID);
    assertThatCode(() -> validate("d82a586400" + "01".repeat(99))).doesNotThrowAnyException();
  }

  @Test
  void keepsLinksOfOtherFormsInRecordsButDoesNotReadThem() throws MalformedDataException {
    // A CID by BLAKE3: not of the protocol's own form.
    byte[] other = HexFormat.of().parseHex("d82a5825000155" + "1e20" + "11".repeat(32));
    DagCborReader.validate(other, 0, other.length);
    assertThatThrownBy(() -> new DagCborReader(other).readLink())
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_CID));
    byte[] own = HexFormat.of().parseHex("d82a5825" + CID_BYTES);
    assertThat(new DagCborReader(own).readLink().toBytes())
        .isEqualTo(Arrays.copyOfRange(own, 5, own.length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"f7", "e0", "f3", "f0", "f818", "f820", "f8ff", "f814", "fc", "fd", "fe", "ff"})
  void refusesOtherSimpleValues(String hex) {
    assertRefused(hex, Kind.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f90000",
        "f93c00",
        "f97e00",
        "fa3f800000",
        "fa7fc00000",
        "fb3ff0000000000000",
        "fb7ff0000000000000",
        "81fb0000000000000000",
        "a16161f90000"
      })
  void refusesFloatingPoint(String hex) {
    assertRefused(hex, Kind.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "61ff", // never in UTF-8
        "62c328", // a wrong second byte
        "62c080", // longer than need be
        "63eda080", // half of a surrogate pair
        "64f4908080", // beyond the last code point
        "61c3", // cut
        "a162c32801", // in a key
        "8161ff"
      })
  void refusesTextThatIsNotUtf8(String hex) {
    assertRefused(hex, Kind.BAD_UTF8);
    if (hex.startsWith("6")) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      assertThatThrownBy(() -> new DagCborReader(bytes).readText())
          .isInstanceOfSatisfying(
              MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_UTF8));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000", "f6f6", "a000", "616100", "8000"})
  void refusesBytesAfterTheValue(String hex) {
    assertRefused(hex, Kind.TRAILING_BYTES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "18",
        "19ff",
        "1affffff",
        "1bffffffffffffff",
        "61",
        "6261",
        "41",
        "81",
        "8201",
        "a1",
        "a16161",
        "a26161016162",
        "d82a",
        "d8",
        "9a00100000",
        "ba00100000",
        "5a7fffffff",
        "7a7fffffff",
        "5bffffffffffffffff",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "7b7fffffffffffffff",
        "a101"
      })
  void refusesWhatEndsTooEarly(String hex) {
    assertRefused(hex, Kind.TRUNCATED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1b8000000000000000",
        "1bffffffffffffffff",
        "3b8000000000000000",
        "3bffffffffffffffff"
      })
  void refusesIntegersBeyondALong(String hex) {
    assertRefused(hex, Kind.TOO_LARGE);
  }

  @Test
  void readsIntegersOfTheWholeRangeOfALong() throws MalformedDataException {
    assertThat(integer("1b7fffffffffffffff")).isEqualTo(Long.MAX_VALUE);
    assertThat(integer("3b7fffffffffffffff")).isEqualTo(Long.MIN_VALUE);
    assertThat(integer("20")).isEqualTo(-1);
    assertThat(integer("17")).isEqualTo(23);
    assertThat(integer("1818")).isEqualTo(24);
  }

  @Test
  void refusesKeysLongerThanAny() {
    assertThatCode(() -> validate("a1792000" + "61".repeat(8192) + "f6"))
        .doesNotThrowAnyException();
    assertRefused("a1792001" + "61".repeat(8193) + "f6", Kind.TOO_LARGE);
  }

  @Test
  void refusesWhatIsNestedTooDeep() {
    int most = DagCborReader.MAX_DEPTH;
    assertThatCode(() -> validate("81".repeat(most) + "80")).doesNotThrowAnyException();
    assertRefused("81".repeat(most + 1) + "80", Kind.TOO_DEEP);
    assertRefused("a16161".repeat(most + 1) + "a0", Kind.TOO_DEEP);
  }

  @Test
  void bombsAllocateNothing() {
    byte[] deep = new byte[10_000_000];
    Arrays.fill(deep, (byte) 0x81);
    byte[] deepMaps = HexFormat.of().parseHex("a16161".repeat(1_000_000));
    assertCheap(deep, Kind.TOO_DEEP);
    assertCheap(deepMaps, Kind.TOO_DEEP);
    for (String head :
        List.of(
            "5a7fffffff",
            "5b0000000100000000",
            "5b7fffffffffffffff",
            "7a7fffffff",
            "9a7fffffff",
            "9b7fffffffffffffff",
            "ba7fffffff",
            "bb7fffffffffffffff",
            "9bffffffffffffffff")) {
      byte[] bomb = HexFormat.of().parseHex(head + "00".repeat(16));
      assertCheap(bomb, Kind.TRUNCATED);
      assertCheap(HexFormat.of().parseHex("81a16161" + head), Kind.TRUNCATED);
    }
  }

  @Test
  void readersRefuseOtherTypesThanExpected() {
    byte[] text = HexFormat.of().parseHex("6161");
    assertWrongType(() -> new DagCborReader(text).readInteger());
    assertWrongType(() -> new DagCborReader(text).readBytes());
    assertWrongType(() -> new DagCborReader(text).readLink());
    assertWrongType(() -> new DagCborReader(text).readBoolean());
    assertWrongType(() -> new DagCborReader(text).readArray());
    assertWrongType(() -> new DagCborReader(text).readMap());
    assertWrongType(() -> new DagCborReader(new byte[] {0}).readText());
  }

  @Test
  void errorsSayWhere() {
    byte[] bytes = HexFormat.of().parseHex("8301" + "02" + "f7");
    assertThatThrownBy(() -> DagCborReader.validate(bytes, 0, bytes.length))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.offset()).isEqualTo(3))
        .hasMessageContaining("at byte 3");
  }

  @Test
  void readsOnlyItsRange() throws MalformedDataException {
    byte[] bytes = HexFormat.of().parseHex("ff0162aabbff");
    DagCborReader reader = new DagCborReader(bytes, 1, 2);
    assertThat(reader.readInteger()).isEqualTo(1);
    reader.expectEnd();
    assertThatThrownBy(() -> DagCborReader.validate(bytes, 2, 4))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRUNCATED));
    assertThatThrownBy(() -> new DagCborReader(bytes, 1, 7))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertCheap(byte[] bytes, Kind kind) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // Once before, so that loading classes does not count.
    for (int round = 0; round < 2; round++) {
      Kind found = Kind.BAD_CAR;
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        DagCborReader.validate(bytes, 0, bytes.length);
      } catch (MalformedDataException e) {
        found = e.kind();
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(found).isEqualTo(kind);
      if (round == 1) {
        assertThat(allocated).isLessThan(20_000);
      }
    }
  }

  private static void assertRefused(String hex, Kind kind) {
    assertThatThrownBy(() -> validate(hex))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static void assertWrongType(ThrowingCallable read) {
    assertThatThrownBy(read)
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.WRONG_TYPE));
  }

  private static void validate(String hex) throws MalformedDataException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    DagCborReader.validate(bytes, 0, bytes.length);
  }

  private static long integer(String hex) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(HexFormat.of().parseHex(hex));
    long value = reader.readInteger();
    reader.expectEnd();
    return value;
  }
}
