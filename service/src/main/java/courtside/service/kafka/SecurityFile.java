package courtside.service.kafka;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/**
 * One reading of a file of {@link ClientSecurity}. Confined to one thread.
 *
 * <p>What is wrong is said without any value. Nor is a name told unless it is surely one: a line of
 * a key or a password that was broken over lines is read as a name.
 */
final class SecurityFile {
  private static final int MOST_BYTES = 64 << 10;

  /** As many as are told of; the others are counted. */
  private static final int MOST_NAMES = 10;

  private static final String ALONE =
      "must name a file of security.protocol, sasl.… and ssl.… alone";

  /** A name of one of the families, though perhaps a wrong one. */
  private static final Pattern LIKE_ONE =
      Pattern.compile("(security|sasl|ssl)(\\.[a-z]{1,20}){1,7}");

  private static final ConfigDef KNOWN = AdminClientConfig.configDef();

  private final String file;
  private final Consumer<String> problems;
  private boolean wrong;

  SecurityFile(String file, Consumer<String> problems) {
    this.file = file;
    this.problems = problems;
  }

  ClientSecurity read() {
    Map<String, String> found = load();
    if (wrong) {
      return ClientSecurity.NONE;
    }
    checkNames(found.keySet());
    checkValues(found);
    return wrong ? ClientSecurity.NONE : new ClientSecurity(typed(found));
  }

  private Map<String, String> load() {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (InvalidPathException e) {
      note("must be a path, but is " + quoted());
      return Map.of();
    } catch (NoSuchFileException e) {
      note("must name a properties file, but there is no " + quoted());
      return Map.of();
    } catch (IOException e) {
      note(
          "must name a properties file, but "
              + quoted()
              + " cannot be read: "
              + (e instanceof AccessDeniedException ? "access denied" : e.getMessage()));
      return Map.of();
    }
    if (bytes.length > MOST_BYTES) {
      note("must name a file of at most " + MOST_BYTES + " bytes, but " + quoted() + " is larger");
      return Map.of();
    }
    Properties properties = new Properties();
    try {
      properties.load(new ByteArrayInputStream(bytes));
    } catch (IOException | IllegalArgumentException e) {
      note(
          "must name a properties file, but in "
              + quoted()
              + " a \\u is not followed by four hexadecimal digits");
      return Map.of();
    }
    Map<String, String> found = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> found.put(name, properties.getProperty(name)));
    return found;
  }

  private void checkNames(Set<String> names) {
    Set<String> ours = new TreeSet<>();
    Set<String> unknown = new TreeSet<>();
    int others = 0;
    for (String name : names) {
      if (isOfClients(name) && !isOfSecurity(name)) {
        ours.add(name);
      } else if (!isOfClients(name) && LIKE_ONE.matcher(name).matches()) {
        unknown.add(name);
      } else if (!isOfClients(name)) {
        others++;
      }
    }
    if (!ours.isEmpty()) {
      note(
          ALONE
              + ", as the rest is for Courtside to decide, but "
              + quoted()
              + " has "
              + listed(ours));
    }
    if (!unknown.isEmpty()) {
      note(
          "must name a file that Kafka knows all names of, but "
              + quoted()
              + " has "
              + listed(unknown));
    }
    if (others > 0) {
      note(
          ALONE
              + ", but "
              + quoted()
              + " has other names, "
              + others
              + " of them (a value of several lines needs a \\ at the end of each but the last)");
    }
  }

  private void checkValues(Map<String, String> found) {
    Set<String> unfit = new TreeSet<>();
    KNOWN.validate(found).stream()
        .filter(value -> !value.errorMessages().isEmpty() && found.containsKey(value.name()))
        .filter(value -> isOfSecurity(value.name()))
        .forEach(value -> unfit.add(value.name()));
    if (!unfit.isEmpty()) {
      note(
          "must name a file that Kafka can take, but in "
              + quoted()
              + " it cannot take the value of "
              + listed(unfit));
    }
    String protocol = found.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
    if (protocol == null) {
      note(
          "must name a file that says security.protocol, as all is sent in the clear without it, but "
              + quoted()
              + " does not");
    } else if (protocol.strip().toUpperCase(Locale.ROOT).startsWith("SASL_")) {
      checkLogin(found);
    }
  }

  /** Otherwise Kafka says what it does not understand, and that may be a part of a password. */
  private void checkLogin(Map<String, String> found) {
    Map<String, Object> login = new HashMap<>();
    String text = found.get(SaslConfigs.SASL_JAAS_CONFIG);
    if (text != null) {
      login.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(text));
    }
    try {
      var _ = JaasContext.loadClientContext(login);
    } catch (RuntimeException e) {
      note(
          "must name a file whose sasl.jaas.config is one login module, its options and a"
              + " semicolon, but in "
              + quoted()
              + (text == null ? " there is none" : " it is not"));
    }
  }

  private static boolean isOfClients(String name) {
    return AdminClientConfig.configNames().contains(name)
        || ProducerConfig.configNames().contains(name)
        || ConsumerConfig.configNames().contains(name);
  }

  private static boolean isOfSecurity(String name) {
    return name.equals(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)
        || name.startsWith("sasl.")
        || name.startsWith("ssl.");
  }

  private static Map<String, Object> typed(Map<String, String> found) {
    Set<String> secrets = new HashSet<>();
    KNOWN.configKeys().values().stream()
        .filter(key -> key.type == ConfigDef.Type.PASSWORD)
        .forEach(key -> secrets.add(key.name));
    Map<String, Object> typed = new HashMap<>();
    found.forEach(
        (name, value) -> typed.put(name, secrets.contains(name) ? new Password(value) : value));
    return typed;
  }

  private static String listed(Collection<String> names) {
    List<String> told = names.stream().limit(MOST_NAMES).toList();
    int more = names.size() - told.size();
    return String.join(", ", told) + (more > 0 ? " and " + more + " more" : "");
  }

  private String quoted() {
    return "'" + file + "'";
  }

  private void note(String problem) {
    wrong = true;
    problems.accept(problem);
  }
}
