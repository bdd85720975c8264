package courtside.command;

import courtside.service.kafka.ClientSecurity;
import courtside.service.kafka.KafkaAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the pipeline's Kafka is, for commands that talk to a pipeline that runs. */
final class KafkaOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee = CommandSpec.create();

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "The broker. Default: COURTSIDE_KAFKA, or 127.0.0.1:9092")
  private String kafka = System.getenv().getOrDefault("COURTSIDE_KAFKA", KafkaAddress.DEFAULT);

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description =
          "How to speak to it: security.protocol, sasl.… and ssl.… in a properties file. Default:"
              + " COURTSIDE_KAFKA_PROPERTIES, or none")
  private String properties = System.getenv().getOrDefault("COURTSIDE_KAFKA_PROPERTIES", "");

  /**
   * The address.
   *
   * @throws ParameterException if it is none, or the file is not as it must be
   */
  KafkaAddress address() {
    List<String> problems = new ArrayList<>();
    Optional<KafkaAddress> address = KafkaAddress.parse(kafka);
    if (address.isEmpty()) {
      problems.add("--kafka must be " + KafkaAddress.EXPECTED + ", but is '" + kafka + "'");
    }
    ClientSecurity security =
        properties.isEmpty()
            ? ClientSecurity.NONE
            : ClientSecurity.read(
                properties, problem -> problems.add("--kafka-properties " + problem));
    return address
        .filter(_ -> problems.isEmpty())
        .map(found -> found.with(security))
        .orElseThrow(
            () -> new ParameterException(mixee.commandLine(), String.join("\n", problems)));
  }
}
