package courtside.benchmarks;

import java.io.IOException;

/** Runs the benchmarks; takes the arguments of JMH. */
public final class Main {
  private Main() {}

  /** {@code -h} lists the arguments. */
  public static void main(String[] arguments) throws IOException {
    org.openjdk.jmh.Main.main(arguments);
  }
}
