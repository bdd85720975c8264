package courtside.doctor;

import courtside.publish.PublishException;
import java.util.List;

/**
 * Looks at one matter. What cannot be looked at, as something before it failed, is said to be so.
 */
interface Check {
  /** Under which it is said that the looking itself failed. */
  String name();

  /**
   * What this consists of, as is known once all before it was looked at: each part has its own
   * time, and what it finds is handed over before the next is looked at.
   */
  default List<Check> parts(Chart chart) {
    return List.of(this);
  }

  /**
   * Looks; takes a bounded time, and changes nothing.
   *
   * @param chart what is known already, and takes what is found
   * @throws PublishException if a server does not answer, with what to do
   * @throws org.apache.kafka.common.KafkaException if Kafka does not
   */
  List<Finding> look(Chart chart) throws PublishException, InterruptedException;
}
