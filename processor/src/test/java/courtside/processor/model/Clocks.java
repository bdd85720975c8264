package courtside.processor.model;

import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.testkit.history.Step;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/**
 * Lets the time seen pass in every partition: while nothing comes to one, none does there. Confined
 * to one thread.
 */
final class Clocks {
  private final Collection<String> dids;
  private long number;

  Clocks() {
    int partitions = Topics.FRAMES.partitions();
    Map<Integer, String> found = new TreeMap<>();
    for (int i = 0; found.size() < partitions; i++) {
      String did = "did:web:clock" + i + ".invalid";
      found.putIfAbsent(
          BuiltInPartitioner.partitionForKey(did.getBytes(StandardCharsets.UTF_8), partitions),
          did);
    }
    this.dids = found.values();
  }

  /** A frame for each partition, other than those before even where it is the same moment. */
  List<Step> tick(Instant seen) {
    number++;
    List<Step> steps = new ArrayList<>();
    for (String did : dids) {
      Step step = Step.clock(did, seen);
      steps.add(
          new Step(
              did,
              seen,
              new FrameHeaders("clock", 1, number),
              step.frame(),
              step.says(),
              step.refused(),
              step.what()));
    }
    return steps;
  }
}
