package courtside.service.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads one service's settings from environment variables that begin with {@code COURTSIDE_}. A
 * value that cannot be read is noted and a placeholder returned, so that {@link #finish} can report
 * every problem at once. Confined to one thread.
 *
 * <p>{@code COURTSIDE_LOG} is a setting of every service. Variables of the other services, {@code
 * COURTSIDE_<SERVICE>_…}, may stand in the same environment and are passed over; any other unknown
 * name is a problem.
 */
public final class Settings {
  private static final String PREFIX = "COURTSIDE_";
  private static final Set<String> SERVICES = Set.of("INGESTOR_", "PROCESSOR_", "FEED_API_");

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|kB|MB|GB|TB)?");

  private final Map<String, String> environment;
  private final String own;
  private final Set<String> asked = new TreeSet<>();
  private final Map<String, String> effective = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * Reads the settings of a service.
   *
   * @param service such as {@code feed-api}, whose own variables begin with {@code
   *     COURTSIDE_FEED_API_}
   */
  public Settings(String service, Map<String, String> environment) {
    this.own = service.toUpperCase(Locale.ROOT).replace('-', '_') + "_";
    this.environment = environment;
    read("LOG", "info", "one of error, warn, info, debug", Settings::logLevel);
  }

  /** The variable of this service called so: {@code START} of the ingestor is INGESTOR_START. */
  public String own(String name) {
    return own + name;
  }

  /**
   * Any value that has a text form.
   *
   * @param otherwise the default, in its text form
   * @param expected what to write, as the end of "must be …"
   * @param parse empty where the text is not that
   */
  public <T> T read(
      String name, String otherwise, String expected, Function<String, Optional<T>> parse) {
    String variable = PREFIX + name;
    asked.add(variable);
    String found = environment.getOrDefault(variable, otherwise);
    Optional<T> value = found.isEmpty() ? Optional.empty() : parse.apply(found);
    if (value.isEmpty()) {
      problems.add(variable + " must be " + expected + ", but is '" + found + "'");
    }
    effective.put(variable, found);
    return value.or(() -> parse.apply(otherwise)).orElseThrow(() -> wrongDefault(variable));
  }

  /** A text, not empty. */
  public String text(String name, String otherwise) {
    return read(name, otherwise, "a text", Optional::of);
  }

  /** A text that may be left out. */
  public Optional<String> optionalText(String name) {
    asked.add(PREFIX + name);
    Optional<String> value = Optional.ofNullable(environment.get(PREFIX + name));
    effective.put(PREFIX + name, value.orElse("(none)"));
    return value.filter(text -> !text.isEmpty());
  }

  /** A whole number from {@code least} to {@code most}. */
  public int number(String name, int otherwise, int least, int most) {
    return read(
        name,
        Integer.toString(otherwise),
        "a whole number from " + least + " to " + most,
        text -> {
          try {
            int value = Integer.parseInt(text);
            return value < least || value > most ? Optional.empty() : Optional.of(value);
          } catch (NumberFormatException e) {
            return Optional.empty();
          }
        });
  }

  /** A port, 0 for any that is free. */
  public int port(String name, int otherwise) {
    return number(name, otherwise, 0, 65_535);
  }

  /** A duration such as {@code 500ms}, {@code 20s}, {@code 10m}, {@code 3h}, {@code 28d}. */
  public Duration duration(String name, String otherwise) {
    return read(
        name,
        otherwise,
        "a duration such as 500ms, 20s, 10m, 3h or 28d",
        text -> {
          Matcher matcher = DURATION.matcher(text);
          if (!matcher.matches()) {
            return Optional.empty();
          }
          long amount = Long.parseLong(matcher.group(1));
          return Optional.of(
              switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
              });
        });
  }

  /** A number of bytes such as {@code 20GB}; at least {@code least}. Units count in thousands. */
  public long bytes(String name, String otherwise, long least) {
    return read(
        name,
        otherwise,
        "a size such as 512MB or 20GB, at least " + least + " bytes",
        text -> {
          Matcher matcher = SIZE.matcher(text);
          if (!matcher.matches()) {
            return Optional.empty();
          }
          String unit = matcher.group(2) == null ? "B" : matcher.group(2);
          long factor =
              switch (unit) {
                case "kB" -> 1_000L;
                case "MB" -> 1_000_000L;
                case "GB" -> 1_000_000_000L;
                case "TB" -> 1_000_000_000_000L;
                default -> 1L;
              };
          long amount = Long.parseLong(matcher.group(1));
          return amount > Long.MAX_VALUE / factor || amount * factor < least
              ? Optional.empty()
              : Optional.of(amount * factor);
        });
  }

  /** A path of the file system. */
  public Path path(String name, String otherwise) {
    return read(
        name,
        otherwise,
        "a path",
        text -> {
          try {
            return Optional.of(Path.of(text));
          } catch (InvalidPathException e) {
            return Optional.empty();
          }
        });
  }

  /** One or more URIs with a host, of one of the schemes, separated by commas. */
  public List<URI> uris(String name, String otherwise, Set<String> schemes) {
    String expected =
        "one or more addresses beginning with "
            + schemes.stream().sorted().map(s -> s + "://").collect(Collectors.joining(" or "));
    return read(
        name,
        otherwise,
        expected,
        text -> {
          List<URI> uris = new ArrayList<>();
          for (String part : text.split(",", -1)) {
            try {
              URI uri = new URI(part.strip());
              if (uri.getScheme() == null
                  || !schemes.contains(uri.getScheme())
                  || uri.getHost() == null) {
                return Optional.empty();
              }
              uris.add(uri);
            } catch (URISyntaxException e) {
              return Optional.empty();
            }
          }
          return Optional.of(List.copyOf(uris));
        });
  }

  /** One of an enum's constants, written in lower case with hyphens. */
  public <E extends Enum<E>> E choice(String name, E otherwise) {
    E[] constants = otherwise.getDeclaringClass().getEnumConstants();
    String expected =
        "one of "
            + Arrays.stream(constants).map(Settings::written).collect(Collectors.joining(", "));
    return read(
        name,
        written(otherwise),
        expected,
        text -> Arrays.stream(constants).filter(c -> written(c).equals(text)).findFirst());
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String name, boolean otherwise) {
    return read(
        name,
        Boolean.toString(otherwise),
        "true or false",
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  /** Notes a problem between settings that are each fine. */
  public void check(boolean holds, String otherwise) {
    if (!holds) {
      problems.add(otherwise);
    }
  }

  /** The settings, or everything that is wrong with them. */
  public <T> Reading<T> finish(Supplier<T> settings) {
    environment.keySet().stream()
        .filter(name -> name.startsWith(PREFIX) && !asked.contains(name) && !isOfAnother(name))
        .sorted()
        .forEach(name -> problems.add(name + " is not a setting of this service"));
    return problems.isEmpty()
        ? new Reading.Valid<>(settings.get(), Map.copyOf(effective))
        : new Reading.Invalid<>(List.copyOf(problems));
  }

  /** Read by the logging configuration itself; here it is only checked. */
  private static Optional<String> logLevel(String text) {
    return Set.of("error", "warn", "info", "debug").contains(text)
        ? Optional.of(text)
        : Optional.empty();
  }

  private boolean isOfAnother(String name) {
    String rest = name.substring(PREFIX.length());
    return SERVICES.stream().anyMatch(prefix -> !prefix.equals(own) && rest.startsWith(prefix));
  }

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static IllegalStateException wrongDefault(String variable) {
    return new IllegalStateException("the default of " + variable + " cannot be read");
  }
}
