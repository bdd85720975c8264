package courtside.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * Runs the benchmarks, and prints the ratios of those that belong beside each other. Takes the
 * arguments of JMH: {@code java -cp 'benchmarks/target/lib/*' courtside.benchmarks.Main FrameDecode
 * -p corpus=RECORDING -prof gc}.
 */
public final class Main {
  private Main() {}

  /** {@code -h} lists the arguments, {@code -l} the benchmarks. */
  public static void main(String[] arguments)
      throws IOException, RunnerException, CommandLineOptionException {
    CommandLineOptions options = new CommandLineOptions(arguments);
    if (options.shouldHelp() || options.shouldList() || options.shouldListProfilers()) {
      org.openjdk.jmh.Main.main(arguments);
      return;
    }
    Ratios.print(new Runner(options).run(), System.out);
  }
}
