package courtside.service.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SlotTest {
  private static final String SERVICE = "processor";

  @TempDir Path data;

  @Test
  void isTheFirstThatIsFree() {
    try (Slot first = Slot.claim(data, SERVICE);
        Slot third = claimThird()) {
      assertThat(first.directory()).isEqualTo(data.resolve("processor/slot-0")).isDirectory();
      assertThat(third.directory()).isEqualTo(data.resolve("processor/slot-2")).isDirectory();
      try (Slot second = Slot.claim(data, SERVICE)) {
        assertThat(second.directory()).isEqualTo(data.resolve("processor/slot-1"));
      }
    }
  }

  /** With the second taken meanwhile and given back. */
  private Slot claimThird() {
    try (Slot _ = Slot.claim(data, SERVICE)) {
      return Slot.claim(data, SERVICE);
    }
  }

  @Test
  void keepsItsIdentityOverARestart() {
    String instance;
    try (Slot slot = Slot.claim(data, SERVICE)) {
      instance = slot.instance();
      assertThat(instance)
          .matches("processor-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    }
    try (Slot again = Slot.claim(data, SERVICE)) {
      assertThat(again.instance()).isEqualTo(instance);
      assertThat(again.directory().getFileName()).hasToString("slot-0");
    }
  }

  @Test
  void hasAnIdentityThatNoOtherHas(@TempDir Path elsewhere) {
    try (Slot one = Slot.claim(data, SERVICE);
        Slot two = Slot.claim(data, SERVICE);
        Slot other = Slot.claim(data, "ingestor");
        Slot far = Slot.claim(elsewhere, SERVICE)) {
      assertThat(other.directory().getFileName()).hasToString("slot-0");
      assertThat(far.directory().getFileName()).hasToString("slot-0");
      assertThat(new String[] {one.instance(), two.instance(), far.instance()})
          .doesNotHaveDuplicates();
      assertThat(other.instance()).startsWith("ingestor-");
    }
  }

  @Test
  void isTakenWhileAnotherProcessHoldsItAndFreeOnceThatIsKilled() throws Exception {
    Process holder = holder();
    String[] held;
    try {
      held = said(holder);
      assertThat(held[0]).isEqualTo("slot-0");
      try (Slot next = Slot.claim(data, SERVICE)) {
        assertThat(next.directory().getFileName()).hasToString("slot-1");
        assertThat(next.instance()).isNotEqualTo(held[1]);
      }
    } finally {
      holder.destroyForcibly().waitFor();
    }
    try (Slot slot = Slot.claim(data, SERVICE)) {
      assertThat(slot.directory().getFileName()).hasToString("slot-0");
      assertThat(slot.instance()).as("the identity of the one killed").isEqualTo(held[1]);
    }
  }

  /** Where locks are those of POSIX, looking at an own lock file in passing would unlock it. */
  @Test
  void staysTakenForOthersWhenItsOwnProcessClaimsMore() throws Exception {
    try (Slot _ = Slot.claim(data, SERVICE);
        Slot _ = Slot.claim(data, SERVICE)) {
      Process holder = holder();
      try {
        assertThat(said(holder)[0]).isEqualTo("slot-2");
      } finally {
        holder.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void isOneWhateverLinkLeadsToIt() throws IOException {
    Path link =
        Files.createSymbolicLink(data.resolve("link"), Files.createDirectory(data.resolve("real")));
    try (Slot _ = Slot.claim(data.resolve("real"), SERVICE);
        Slot second = Slot.claim(link, SERVICE)) {
      assertThat(second.directory().getFileName()).hasToString("slot-1");
    }
  }

  @Test
  void isGivenBackOnce() {
    Slot slot = Slot.claim(data, SERVICE);
    slot.close();
    try (Slot next = Slot.claim(data, SERVICE)) {
      slot.close();
      assertThat(next.directory()).isEqualTo(slot.directory());
      try (Slot other = Slot.claim(data, SERVICE)) {
        assertThat(other.directory().getFileName()).hasToString("slot-1");
      }
    }
  }

  @Test
  void getsANewIdentityWhereItsOwnWasTorn() throws IOException {
    Path directory = Files.createDirectories(data.resolve("processor/slot-0"));
    Files.writeString(directory.resolve("id"), "7b0f6c9e-5a4d");
    String instance;
    try (Slot slot = Slot.claim(data, SERVICE)) {
      instance = slot.instance();
      assertThat(instance).hasSize("processor-".length() + 36);
    }
    try (Slot again = Slot.claim(data, SERVICE)) {
      assertThat(again.instance()).isEqualTo(instance);
    }
  }

  @Test
  void saysWhatToDoWhereItCannotBeMade() throws IOException {
    Path file = Files.createFile(data.resolve("file"));
    assertThatThrownBy(() -> Slot.claim(file, SERVICE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("COURTSIDE_DATA");
  }

  private Process holder() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx32m",
            "-cp",
            System.getProperty("java.class.path"),
            SlotHolder.class.getName(),
            data.toString(),
            SERVICE)
        .redirectError(Redirect.INHERIT)
        .start();
  }

  /** The slot's name and the instance's. */
  private static String[] said(Process holder) throws IOException {
    // Not closed: the process must not find its output gone.
    BufferedReader out = holder.inputReader();
    String line = out.readLine();
    assertThat(line).as("what the holder says").isNotNull();
    return line.split(" ", -1);
  }
}
