package courtside.command;

import courtside.service.kafka.KafkaAddress;
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
  private String kafka = System.getenv().getOrDefault("COURTSIDE_KAFKA", "127.0.0.1:9092");

  /**
   * The address.
   *
   * @throws ParameterException if it is none
   */
  KafkaAddress address() {
    return KafkaAddress.parse(kafka)
        .orElseThrow(() ->
            new ParameterException(
                mixee.commandLine(),
                "--kafka must be " + KafkaAddress.EXPECTED + ", but is '" + kafka + "'"));
  }
}
