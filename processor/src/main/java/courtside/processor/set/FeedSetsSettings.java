package courtside.processor.set;

import courtside.processor.feed.Memory;
import courtside.processor.letter.LetterBox;
import courtside.processor.metrics.Counts;
import courtside.processor.streams.PartitionEnds;
import courtside.processor.streams.StreamsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What every set runs with. Immutable.
 *
 * @param threads of each set
 * @param standbyReplicas on how many other instances the state of each task is kept as well
 * @param ends of {@code posts}
 * @param clock which the timestamps of {@code posts} are compared with
 * @param letters of all sets
 * @param onFailure run if sets cannot be followed any more: must not wait
 */
public record FeedSetsSettings(
    StreamsSettings streams,
    int threads,
    int standbyReplicas,
    Memory memory,
    PartitionEnds ends,
    LetterBox letters,
    Counts counts,
    MeterRegistry registry,
    InstantSource clock,
    LongSupplier nanoTime,
    Runnable onFailure) {}
