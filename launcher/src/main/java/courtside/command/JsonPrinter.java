package courtside.command;

import com.fasterxml.jackson.databind.JsonNode;
import courtside.screen.VisibleText;
import java.io.PrintWriter;

/**
 * Prints JSON. What would act on a terminal is written as {@code \}{@code u….}, which is the same
 * to whoever reads JSON.
 */
final class JsonPrinter {
  private JsonPrinter() {}

  /** One document, on lines of its own. */
  static void print(JsonNode document, PrintWriter out) {
    out.println(VisibleText.lines(document.toPrettyString()));
    out.flush();
  }

  /** One document of many, on one line. */
  static void printLine(JsonNode document, PrintWriter out) {
    out.println(VisibleText.line(document.toString()));
    out.flush();
  }
}
