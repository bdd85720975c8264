package courtside.feedapi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that writes batches to a store and says the offset of each, until it is killed. */
public final class KilledWriter {
  private KilledWriter() {}

  /**
   * Starts it and kills it.
   *
   * @param main takes the store's directory and the seed, and writes a line after each batch
   * @param batches so many are awaited
   * @param nanos and then so long, so that the moment may lie anywhere within one
   * @param moment for messages
   * @return the last offset that it has said it has written
   */
  public static long writeAndKill(
      Class<?> main, Path store, long seed, int batches, int nanos, String moment)
      throws IOException, InterruptedException {
    Path errors = store.resolveSibling("errors");
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                store.toString(),
                Long.toString(seed))
            .redirectError(errors.toFile())
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      long told = 0;
      for (int n = 0; n < batches; n++) {
        String line = lines.readLine();
        if (line == null) {
          throw new AssertionError(moment + ": the writer has ended: " + Files.readString(errors));
        }
        told = Long.parseLong(line);
      }
      long end = System.nanoTime() + nanos;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      // SIGKILL, before its output is closed: it would end by itself.
      writer.destroyForcibly();
      return told;
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }
}
