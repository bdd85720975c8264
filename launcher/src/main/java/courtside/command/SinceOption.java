package courtside.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How far back a command looks. */
final class SinceOption {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(s|m|h|d)");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee = CommandSpec.create();

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      description = "Look back so far, as 20s, 10m, 3h or 2d. Default: to the beginning")
  private @Nullable String since;

  /**
   * Since when; empty for all that is kept.
   *
   * @throws ParameterException if it is no duration
   */
  Optional<Instant> from(Instant now) {
    String text = since;
    if (text == null) {
      return Optional.empty();
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new ParameterException(
          mixee.commandLine(),
          "--since must be a duration such as 10m or 3h, but is '" + text + "'");
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration back =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        };
    try {
      Instant from = now.minus(back);
      return from.isAfter(Instant.EPOCH) ? Optional.of(from) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
