package courtside.doctor;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** Whether Kafka answers. */
final class KafkaCheck implements Check {
  /** Said by all that need it. */
  static final String AWAY = "Kafka does not answer";

  private final Examination examination;

  KafkaCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public List<Finding> look(Chart chart) throws InterruptedException {
    int patience = (int) examination.limits().kafka().toMillis();
    Map<String, Object> config = examination.kafka().client();
    config.put(AdminClientConfig.CLIENT_ID_CONFIG, "courtside-doctor");
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
    String where = examination.kafka().bootstrap();
    try {
      Admin admin = Admin.create(config);
      try {
        int brokers = admin.describeCluster().nodes().get().size();
        chart.hasKafka(admin);
        return List.of(
            Finding.ok(name(), where + " answers; " + Words.of(brokers, "broker", "brokers")));
      } catch (InterruptedException | ExecutionException | RuntimeException e) {
        admin.close(Duration.ZERO);
        throw e;
      }
    } catch (ExecutionException | KafkaException e) {
      return List.of(
          Finding.wrong(
              name(),
              "expected Kafka at " + where + ", found no answer (" + Words.of(e) + ")",
              "start it, or name another by --kafka or COURTSIDE_KAFKA; where it asks for TLS or a"
                  + " password give --kafka-properties"));
    }
  }
}
