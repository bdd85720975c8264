/**
 * A real Kafka broker inside this JVM: what the one-command mode runs on, and every test that needs
 * Kafka.
 */
@NullMarked
package courtside.broker;

import org.jspecify.annotations.NullMarked;
