package courtside.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import courtside.eventlog.firehose.FrameHeaders;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in topics that outlive a version; see the README beside the golden files. */
final class GoldenBytesTest {
  private static final String HEADERS = "frame-headers";
  private static final FrameHeaders FRAME_HEADERS =
      new FrameHeaders("bsky.network", 2, 4_711_000_815L);

  static Stream<WireFormat<?>> formats() {
    return WireFormat.all();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void areWhatThisVersionWrites(WireFormat<?> format) throws IOException, URISyntaxException {
    assertThat(HexFormat.of().formatHex(format.encode())).isEqualTo(read(format.name() + ".hex"));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void areReadAsWhatWasWritten(WireFormat<?> format) throws IOException, URISyntaxException {
    byte[] golden = HexFormat.of().parseHex(read(format.name() + ".hex"));
    assertThat(format.decode(golden)).isEqualTo(format.value());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void ofEveryEarlierVersionAreStillRead(WireFormat<?> format)
      throws IOException, URISyntaxException {
    List<Path> files =
        files().stream().filter(file -> formatOf(file).equals(format.name())).toList();
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      byte[] golden = HexFormat.of().parseHex(Files.readString(file).strip());
      assertThatCode(() -> format.decode(golden)).as("%s", file).doesNotThrowAnyException();
    }
  }

  @Test
  void belongToAFormatEach() throws IOException, URISyntaxException {
    Set<String> names =
        Stream.concat(formats().map(WireFormat::name), Stream.of(HEADERS))
            .collect(Collectors.toSet());
    assertThat(files()).allSatisfy(file -> assertThat(names).contains(formatOf(file)));
  }

  @Test
  void ofFrameHeadersAreWhatThisVersionWrites() throws IOException, URISyntaxException {
    Headers headers = new RecordHeaders();
    FRAME_HEADERS.addTo(headers);
    String written =
        StreamSupport.stream(headers.spliterator(), false)
            .map(header -> header.key() + ":" + HexFormat.of().formatHex(header.value()))
            .collect(Collectors.joining(" "));
    assertThat(written).isEqualTo(read(HEADERS + ".hex"));
  }

  @Test
  void ofFrameHeadersAreReadAsWhatWasWritten() throws IOException, URISyntaxException {
    Headers headers = new RecordHeaders();
    for (String header : read(HEADERS + ".hex").split(" ", -1)) {
      String[] parts = header.split(":", -1);
      headers.add(parts[0], HexFormat.of().parseHex(parts[1]));
    }
    assertThat(FrameHeaders.read(headers)).isEqualTo(FRAME_HEADERS);
  }

  private static String formatOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.indexOf('.'));
  }

  private static String read(String name) throws IOException, URISyntaxException {
    return Files.readString(directory().resolve(name), StandardCharsets.US_ASCII).strip();
  }

  private static List<Path> files() throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.filter(file -> file.toString().endsWith(".hex")).sorted().toList();
    }
  }

  private static Path directory() throws URISyntaxException {
    URL golden = GoldenBytesTest.class.getResource("/golden");
    assertThat(golden).as("the golden files on the class path").isNotNull();
    return Path.of(golden.toURI());
  }
}
