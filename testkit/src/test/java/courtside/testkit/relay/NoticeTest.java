package courtside.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.testkit.recording.SharedFiles;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NoticeTest {
  @ParameterizedTest
  @CsvSource({
    "OUTDATED_CURSOR, outdated-cursor.frames",
    "FUTURE_CURSOR, future-cursor.frames",
    "CONSUMER_TOO_SLOW, too-slow.frames",
  })
  void isWhatTheReferenceServerSends(Notice notice, String name) throws IOException {
    // Given
    Path file = SharedFiles.recording("special/" + name);

    // When
    byte[] sent;
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      sent = in.readNBytes(in.readInt());
    }

    // Then
    assertThat(notice.frame()).isEqualTo(sent);
  }
}
