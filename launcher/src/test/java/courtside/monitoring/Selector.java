package courtside.monitoring;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One metric that an expression of Prometheus asks for.
 *
 * @param equal labels that must have a value
 * @param present labels that must be there, whatever they say: another value may not have occurred
 */
record Selector(String name, Map<String, String> equal, List<String> present) {
  private static final Pattern METRIC =
      Pattern.compile("\\b((?:courtside|jvm|kafka|process)_[a-z0-9_]+)(?:\\{([^}]*)})?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)(=~|!=|!~|=)\"([^\"]*)\"");

  /** All of an expression. */
  static List<Selector> of(String expression) {
    List<Selector> selectors = new ArrayList<>();
    Matcher metric = METRIC.matcher(expression);
    while (metric.find()) {
      Map<String, String> equal = new HashMap<>();
      List<String> present = new ArrayList<>();
      Matcher label = LABEL.matcher(metric.group(2) == null ? "" : metric.group(2));
      while (label.find()) {
        if (label.group(2).equals("=")) {
          equal.put(label.group(1), label.group(3));
        } else {
          present.add(label.group(1));
        }
      }
      selectors.add(new Selector(metric.group(1), Map.copyOf(equal), List.copyOf(present)));
    }
    return selectors;
  }

  /** Whether that series is one that it asks for. */
  boolean finds(Series series) {
    return series.name().equals(name)
        && series.labels().entrySet().containsAll(equal.entrySet())
        && series.labels().keySet().containsAll(present);
  }

  /**
   * One line of what a service exports.
   *
   * @param name with its suffix
   */
  record Series(String name, Map<String, String> labels) {
    private static final Pattern LINE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? [^ ]+");

    /** Reads all lines that are no comments. */
    static List<Series> of(String exposition) {
      return exposition
          .lines()
          .map(LINE::matcher)
          .filter(Matcher::matches)
          .map(line -> new Series(line.group(1), labels(line.group(2))))
          .toList();
    }

    private static Map<String, String> labels(@Nullable String text) {
      Map<String, String> labels = new HashMap<>();
      Matcher label = LABEL.matcher(text == null ? "" : text);
      while (label.find()) {
        labels.put(label.group(1), label.group(3));
      }
      return Map.copyOf(labels);
    }
  }
}
