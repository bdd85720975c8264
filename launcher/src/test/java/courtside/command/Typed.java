package courtside.command;

import courtside.broker.EmbeddedBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * What came of a command that somebody typed.
 *
 * @param code the exit code
 * @param out what was printed, to either stream
 */
record Typed(int code, String out) {
  /** Types a command about the pipeline of a broker. */
  static Typed at(EmbeddedBroker broker, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--kafka", broker.bootstrap()));
    return alone(all.toArray(String[]::new));
  }

  /** Types a command that needs no pipeline. */
  static Typed alone(String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine command = Courtside.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(out, true));
    return new Typed(command.execute(arguments), out.toString());
  }
}
