package courtside.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientSecurityTest {
  private static final String SECRET = "n0t-to-be-t0ld";
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"courtside\""
          + " password=\""
          + SECRET
          + "\";";

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void place() {
    file = directory.resolve("kafka.properties");
  }

  @Test
  void isWhatTheFileSays() throws Exception {
    write(
        """
        # As Kafka's own tools take it.
        security.protocol = SASL_SSL
        sasl.mechanism: PLAIN
        sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required \\
            username="courtside" password="%s";
        ssl.truststore.location=/etc/kafka/authority.pem
        ssl.truststore.type=PEM
        """
            .formatted(SECRET));
    KafkaAddress address = valid(Map.of("COURTSIDE_KAFKA_PROPERTIES", file.toString()));
    assertThat(address.client())
        .isEqualTo(
            Map.of(
                "bootstrap.servers", "127.0.0.1:9092",
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", new Password(LOGIN),
                "ssl.truststore.location", "/etc/kafka/authority.pem",
                "ssl.truststore.type", "PEM"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sasl.jaas.config",
        "ssl.key.password",
        "ssl.keystore.key",
        "ssl.keystore.password",
        "ssl.truststore.password",
        "sasl.oauthbearer.client.credentials.client.secret"
      })
  void keepsSecretsToItself(String name) throws Exception {
    String value = name.equals("sasl.jaas.config") ? LOGIN : SECRET;
    write("security.protocol=SSL\n" + name + "=" + value + "\n");
    KafkaAddress address = valid(Map.of("COURTSIDE_KAFKA_PROPERTIES", file.toString()));
    assertThat(address.client()).containsEntry(name, new Password(value));
    assertThat(address + " " + address.client() + " " + address.security().properties())
        .contains(name)
        .doesNotContain(SECRET);
  }

  @Test
  void isNothingWhereNoFileIsNamed() {
    Map<String, Object> plain = Map.of("bootstrap.servers", "kafka:9092");
    assertThat(valid(Map.of("COURTSIDE_KAFKA", "kafka:9092")).client()).isEqualTo(plain);
    assertThat(
            valid(Map.of("COURTSIDE_KAFKA", "kafka:9092", "COURTSIDE_KAFKA_PROPERTIES", ""))
                .client())
        .isEqualTo(plain);
  }

  @Test
  void saysTheNameOfTheFileAloneAmongTheSettings() throws Exception {
    write("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=" + LOGIN + "\n");
    Settings settings =
        new Settings("ingestor", Map.of("COURTSIDE_KAFKA_PROPERTIES", file.toString()));
    KafkaAddress address = KafkaAddress.read(settings);
    assertThat(settings.finish(() -> address))
        .isEqualTo(
            new Reading.Valid<>(
                address,
                Map.of(
                    "COURTSIDE_LOG", "info",
                    "COURTSIDE_KAFKA", "127.0.0.1:9092",
                    "COURTSIDE_KAFKA_PROPERTIES", file.toString())));
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertThat(problems()).containsExactly("must name a properties file, but there is no " + it());
  }

  @Test
  void refusesAFileThatCannotBeRead() throws Exception {
    Files.createDirectory(file);
    assertThat(problems())
        .containsExactly(
            "must name a properties file, but " + it() + " cannot be read: Is a directory");
  }

  @Test
  void refusesAPathThatIsNone() {
    List<String> problems = new ArrayList<>();
    assertThat(ClientSecurity.read("a\0b", problems::add)).isEqualTo(ClientSecurity.NONE);
    assertThat(problems).containsExactly("must be a path, but is 'a\0b'");
  }

  @Test
  void refusesAFileThatIsTooLarge() throws Exception {
    String least = "security.protocol=SSL\n#";
    write(least + "x".repeat((64 << 10) - least.length()));
    assertThat(problems()).isEmpty();
    write(least + "x".repeat((64 << 10) - least.length() + 1));
    assertThat(problems())
        .containsExactly("must name a file of at most 65536 bytes, but " + it() + " is larger");
  }

  @Test
  void readsNoMoreOfAFileThatDoesNotEnd() {
    Path endless = Path.of("/dev/zero");
    assumeTrue(Files.exists(endless), "there is no /dev/zero");
    file = endless;
    assertThat(problems())
        .containsExactly("must name a file of at most 65536 bytes, but '/dev/zero' is larger");
  }

  @Test
  void refusesAFileThatIsMalformed() throws Exception {
    write("security.protocol=SSL\nssl.key.password=" + SECRET + "\\u12\n");
    assertThat(problems())
        .containsExactly(
            "must name a properties file, but in "
                + it()
                + " a \\u is not followed by four hexadecimal digits");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "isolation.level",
        "transactional.id",
        "enable.idempotence",
        "acks",
        "bootstrap.servers",
        "client.id",
        "security.providers"
      })
  void refusesWhatIsNotAboutSecurity(String name) throws Exception {
    write("security.protocol=SSL\n" + name + "=" + SECRET + "\n");
    assertThat(problems())
        .containsExactly(
            "must name a file of security.protocol, sasl.… and ssl.… alone, as the rest is for"
                + " Courtside to decide, but "
                + it()
                + " has "
                + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sasl.jass.config", "ssl.trustore.location", "security.protocoll"})
  void refusesNamesThatKafkaDoesNotKnow(String name) throws Exception {
    write("security.protocol=SSL\n" + name + "=" + SECRET + "\n");
    assertThat(problems())
        .containsExactly(
            "must name a file that Kafka knows all names of, but " + it() + " has " + name);
  }

  /** Of a key that was put there with its line breaks each line is a name. */
  @Test
  void refusesOtherNamesWithoutTellingThem() throws Exception {
    write(
        "security.protocol=SSL\nssl.keystore.key=-----BEGIN PRIVATE KEY-----\n"
            + SECRET
            + "\nprocessing.guarantee=at_least_once\n-----END PRIVATE KEY-----\n");
    assertThat(problems())
        .containsExactly(
            "must name a file of security.protocol, sasl.… and ssl.… alone, but "
                + it()
                + " has other names, 3 of them (a value of several lines needs a \\ at the end of"
                + " each but the last)");
  }

  @Test
  void countsWhatWouldBeALongList() throws Exception {
    StringBuilder text = new StringBuilder("security.protocol=SSL\n");
    for (char last = 'a'; last < 'a' + 12; last++) {
      text.append("ssl.").append(last).append("=x\n");
    }
    write(text.toString());
    assertThat(problems()).singleElement().asString().endsWith("ssl.i, ssl.j and 2 more");
  }

  @Test
  void refusesAFileThatLeavesTheProtocolOpen() throws Exception {
    write("ssl.truststore.location=/etc/kafka/authority.pem\n");
    assertThat(problems())
        .containsExactly(
            "must name a file that says security.protocol, as all is sent in the clear without it,"
                + " but "
                + it()
                + " does not");
  }

  @Test
  void refusesValuesThatKafkaCannotTake() throws Exception {
    write(
        "security.protocol="
            + SECRET
            + "\nsasl.login.refresh.window.factor="
            + SECRET
            + "\nssl.engine.factory.class="
            + SECRET
            + "\n");
    assertThat(problems())
        .containsExactly(
            "must name a file that Kafka can take, but in "
                + it()
                + " it cannot take the value of sasl.login.refresh.window.factor, security.protocol,"
                + " ssl.engine.factory.class");
  }

  /** Kafka would say what it does not understand: here it is the end of the password. */
  @Test
  void refusesALoginThatCannotBeUnderstood() throws Exception {
    write(
        "security.protocol=sasl_ssl\nsasl.jaas.config="
            + LOGIN.replace("=\"n0t-", "=\"n0t\"-")
            + "\n");
    assertThat(problems())
        .containsExactly(
            "must name a file whose sasl.jaas.config is one login module, its options and a"
                + " semicolon, but in "
                + it()
                + " it is not");
  }

  @Test
  void refusesAFileWithoutALogin() throws Exception {
    write("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n");
    assertThat(problems())
        .containsExactly(
            "must name a file whose sasl.jaas.config is one login module, its options and a"
                + " semicolon, but in "
                + it()
                + " there is none");
  }

  @Test
  void isReportedWithAllElseThatIsWrong() throws Exception {
    write("acks=0\nssl.trustore.location=x\n");
    Settings settings =
        new Settings(
            "feed-api",
            Map.of(
                "COURTSIDE_KAFKA", "nonsense",
                "COURTSIDE_KAFKA_PROPERTIES", file.toString(),
                "COURTSIDE_PORT", "many"));
    KafkaAddress address = KafkaAddress.read(settings);
    var _ = settings.port("PORT", 1);
    assertThat(settings.finish(() -> address))
        .isEqualTo(
            new Reading.Invalid<>(
                List.of(
                    "COURTSIDE_KAFKA must be host:port, or several separated by commas, but is"
                        + " 'nonsense'",
                    "COURTSIDE_KAFKA_PROPERTIES must name a file of security.protocol, sasl.… and"
                        + " ssl.… alone, as the rest is for Courtside to decide, but "
                        + it()
                        + " has acks",
                    "COURTSIDE_KAFKA_PROPERTIES must name a file that Kafka knows all names of, but "
                        + it()
                        + " has ssl.trustore.location",
                    "COURTSIDE_KAFKA_PROPERTIES must name a file that says security.protocol, as all"
                        + " is sent in the clear without it, but "
                        + it()
                        + " does not",
                    "COURTSIDE_PORT must be a whole number from 0 to 65535, but is 'many'")));
  }

  /** What is checked for one kind of client holds for all. */
  @Test
  void allClientsKnowTheSameNames() {
    Set<String> names = ofSecurity(AdminClientConfig.configNames());
    assertThat(names).hasSizeGreaterThan(40);
    assertThat(ofSecurity(ProducerConfig.configNames())).isEqualTo(names);
    assertThat(ofSecurity(ConsumerConfig.configNames())).isEqualTo(names);
  }

  private static Set<String> ofSecurity(Set<String> names) {
    Set<String> found = new HashSet<>(names);
    found.removeIf(name -> !name.matches("security\\.protocol|(sasl|ssl)\\..*"));
    return found;
  }

  private static KafkaAddress valid(Map<String, String> environment) {
    Settings settings = new Settings("processor", environment);
    KafkaAddress address = KafkaAddress.read(settings);
    return switch (settings.finish(() -> address)) {
      case Reading.Valid<KafkaAddress>(var found, var _) -> found;
      case Reading.Invalid<KafkaAddress>(var problems) ->
          throw new AssertionError(problems.toString());
    };
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    ClientSecurity read = ClientSecurity.read(file.toString(), problems::add);
    assertThat(read.equals(ClientSecurity.NONE)).isEqualTo(!problems.isEmpty());
    assertThat(problems).noneMatch(problem -> problem.contains(SECRET));
    return problems;
  }

  private String it() {
    return "'" + file + "'";
  }

  private void write(String text) throws Exception {
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
