package courtside.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * What one run says of two benchmarks beside each other. A machine that others use too disturbs
 * single iterations, and only ever slows them: so the best of each are compared beside the medians.
 */
final class Ratios {
  /** How many times as fast the first is as the second. */
  private record Pair(String first, String second) {}

  private static final List<Pair> PAIRS =
      List.of(
          new Pair("FrameDecodeBenchmark.full", "FrameDecodeBenchmark.jacksonFull"),
          new Pair("FrameDecodeBenchmark.full", "FrameDecodeBenchmark.hashes"),
          new Pair("FrameDecodeBenchmark.posts", "FrameDecodeBenchmark.jacksonTrees"),
          new Pair("FrameDecodeBenchmark.scan", "FrameDecodeBenchmark.jacksonTrees"),
          new Pair("SignatureBenchmark.k256Native", "SignatureBenchmark.k256"),
          new Pair("SignatureBenchmark.p256Jdk", "SignatureBenchmark.p256"));

  private Ratios() {}

  /** Prints the ratio of every pair of which both were run, with the same parameters. */
  static void print(Collection<RunResult> results, PrintStream out) {
    Map<String, Map<String, List<Double>>> scores = new TreeMap<>();
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      String name = params.getBenchmark();
      String shortName = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
      scores
          .computeIfAbsent(parameters(params), key -> new TreeMap<>())
          .put(shortName, iterations(result));
    }
    scores.forEach((parameters, ofNames) -> {
      for (Pair pair : PAIRS) {
        List<Double> first = ofNames.get(pair.first);
        List<Double> second = ofNames.get(pair.second);
        if (first != null && second != null) {
          out.printf(
              Locale.ROOT,
              "%s / %s%s: %.2f by medians, %.2f by the best (%,.0f and %,.0f a second)%n",
              pair.first,
              pair.second,
              parameters,
              median(first) / median(second),
              first.getLast() / second.getLast(),
              first.getLast(),
              second.getLast());
        }
      }
    });
  }

  private static String parameters(BenchmarkParams params) {
    StringBuilder text = new StringBuilder();
    for (String key : params.getParamsKeys()) {
      text.append(", ").append(key).append(' ').append(params.getParam(key));
    }
    return text.toString();
  }

  /** The scores of all iterations of all forks, the best last. */
  private static List<Double> iterations(RunResult result) {
    List<Double> scores = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        scores.add(iteration.getPrimaryResult().getScore());
      }
    }
    scores.sort(null);
    return scores;
  }

  private static double median(List<Double> sorted) {
    return sorted.get(sorted.size() / 2);
  }
}
