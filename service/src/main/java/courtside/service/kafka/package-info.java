/** Where Kafka is, and waiting for it. */
@NullMarked
package courtside.service.kafka;

import org.jspecify.annotations.NullMarked;
