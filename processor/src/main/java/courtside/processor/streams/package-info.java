/** How this process runs Kafka Streams: settings, memory, threads that fail, how far it is. */
@NullMarked
package courtside.processor.streams;

import org.jspecify.annotations.NullMarked;
