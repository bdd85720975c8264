package courtside.command;

import courtside.pipeline.Pipeline;
import courtside.service.health.Health;
import java.util.Locale;
import java.util.Map;

/** How the pipeline is, in one line: since it was started, but for what feeds hold. */
record Progress(Pipeline pipeline) {
  String line() {
    Health ingestor = pipeline.ingestor().health();
    Map<String, Double> figures = ingestor.figures();
    Double silence = figures.get("seconds_since_last_frame");
    String counts =
        String.format(
            Locale.ROOT,
            "%,d frames read (%.0f/s) · %,d posts · %,d kept in feeds",
            (long) number(figures, "frames_total"),
            number(figures, "frames_per_second"),
            (long) number(pipeline.processor().health().figures(), "posts_kept_total"),
            (long) number(pipeline.feedApi().health().figures(), "items"));
    String heard =
        silence == null ? "" : String.format(Locale.ROOT, " · last frame %.1f s ago", silence);
    return ingestor.reasons().isEmpty()
        ? counts + heard
        // First, as the line may be cut: this is what there is to know.
        : String.join("; ", ingestor.reasons()) + " · " + counts + heard;
  }

  private static double number(Map<String, Double> figures, String name) {
    return figures.getOrDefault(name, 0.0);
  }
}
