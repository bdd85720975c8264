package courtside.testkit.relay.fault;

import courtside.atproto.Bytes;
import courtside.testkit.relay.fault.Cue.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A fault and its cue, as they are written in a setting: {@code name}, or {@code
 * name:key=value,key=value}; several are separated by {@code ;}. Times are in milliseconds. With no
 * key everything has a default.
 *
 * <ul>
 *   <li>Of the handshake: {@code accept-then-closes}, {@code resets-in-handshake}, {@code
 *       never-answers}, {@code endless-headers:every=0}, {@code answers:status=503} with {@code
 *       retry-after} (seconds) and {@code location}.
 *   <li>On a stream: {@code falls-silent:answers-pings=true}, {@code only-pings:every=1000}, {@code
 *       goes-mute}, {@code trickles:every=15000}, {@code drips-bytes:chunk=10000,every=100}, {@code
 *       closes:code=1000}, {@code fins:mid-frame=false}, {@code resets:mid-frame=false}, {@code
 *       refuses:name=ConsumerTooSlow}, {@code text:text=hello}, {@code
 *       declares-length:bytes=2147483632}, {@code floods-fragments:bytes=0} with {@code count}
 *       (without it endless), {@code compressed}, {@code sends:message=garbage,seq=1} with a name
 *       of {@link Malformed}, {@code repeats-window:count=500}, {@code skips-frames:count=1}.
 *   <li>The cue: {@code on=next} (connection, the default of the handshake), {@code on=every}
 *       (connection), {@code on=any} (stream, the default there), and {@code after=0}, so many
 *       frames.
 * </ul>
 *
 * <p>Immutable.
 */
public record PlannedFault(Fault fault, Cue cue) {
  private static final long MAX_MILLIS = 86_400_000;

  /** Reads a setting, and adds whatever is wrong to the problems. */
  public static List<PlannedFault> parse(String text, List<String> problems) {
    List<PlannedFault> planned = new ArrayList<>();
    if (!text.isBlank()) {
      for (String one : text.split(";", -1)) {
        parseOne(one.strip(), problems).ifPresent(planned::add);
      }
    }
    return planned;
  }

  private static Optional<PlannedFault> parseOne(String text, List<String> problems) {
    try {
      int colon = text.indexOf(':');
      String name = colon < 0 ? text : text.substring(0, colon);
      Keys keys = new Keys(name, colon < 0 ? "" : text.substring(colon + 1));
      Fault fault = fault(name, keys);
      Cue cue = cue(fault, keys);
      keys.expectNoMore();
      return Optional.of(new PlannedFault(fault, cue));
    } catch (IllegalArgumentException e) {
      problems.add("'" + text + "': " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Fault fault(String name, Keys keys) {
    return switch (name) {
      case "accept-then-closes" -> new Fault.AcceptThenCloses();
      case "resets-in-handshake" -> new Fault.ResetsInHandshake();
      case "never-answers" -> new Fault.NeverAnswers();
      case "endless-headers" -> new Fault.EndlessHeaders(keys.time(0));
      case "answers" -> answers(keys);
      case "falls-silent" -> new Fault.FallsSilent(keys.flag("answers-pings", true));
      case "only-pings" -> new Fault.OnlyPings(keys.time(1_000));
      case "goes-mute" -> new Fault.GoesMute();
      case "trickles" -> new Fault.Trickles(keys.time(15_000));
      case "drips-bytes" ->
          new Fault.DripsBytes(keys.number("chunk", 10_000, Integer.MAX_VALUE), keys.time(100));
      case "closes" -> new Fault.Closes(keys.number("code", 1000, 0xffff));
      case "fins" -> new Fault.Fins(keys.flag("mid-frame", false));
      case "resets" -> new Fault.Resets(keys.flag("mid-frame", false));
      case "refuses" -> new Fault.Refuses(keys.text("name", "ConsumerTooSlow"));
      case "text" -> new Fault.Text(keys.text("text", "hello"));
      case "declares-length" ->
          new Fault.DeclaresLength(keys.whole("bytes", (1L << 31) - 16, Long.MAX_VALUE));
      case "floods-fragments" ->
          new Fault.FloodsFragments(
              keys.whole("count", Fault.FloodsFragments.ENDLESS, Long.MAX_VALUE),
              keys.number("bytes", 0, 1 << 24));
      case "compressed" -> new Fault.Compressed(Bytes.of(Malformed.UNKNOWN_TYPE.message(1)));
      case "sends" -> sends(keys);
      case "repeats-window" -> new Fault.RepeatsWindow(keys.number("count", 500, Fault.MAX_WINDOW));
      case "skips-frames" -> new Fault.SkipsFrames(keys.whole("count", 1, Long.MAX_VALUE));
      default -> throw new IllegalArgumentException("no fault is called so");
    };
  }

  private static Fault answers(Keys keys) {
    Map<String, String> headers = new LinkedHashMap<>();
    String retryAfter = keys.text("retry-after", "");
    if (!retryAfter.isEmpty()) {
      headers.put("Retry-After", retryAfter);
    }
    String location = keys.text("location", "");
    if (!location.isEmpty()) {
      headers.put("Location", location);
    }
    return new Fault.Answers(keys.number("status", 503, 999), headers);
  }

  private static Fault sends(Keys keys) {
    String name = keys.text("message", "garbage");
    long seq = keys.whole("seq", 1, (1L << 53) - 1);
    return Arrays.stream(Malformed.values())
        .filter(malformed -> kebab(malformed).equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no message is called " + name))
        .fault(seq);
  }

  private static String kebab(Malformed malformed) {
    return malformed.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Cue cue(Fault fault, Keys keys) {
    boolean handshake = fault instanceof Fault.AtHandshake;
    String on = keys.text("on", handshake ? "next" : "any");
    Place place =
        switch (on) {
          case "next" -> Place.NEXT_CONNECTION;
          case "every" -> Place.EVERY_CONNECTION;
          case "any" -> Place.ANY_STREAM;
          default ->
              throw new IllegalArgumentException("on must be next, every or any, but is " + on);
        };
    Cue cue = new Cue(place, keys.whole("after", 0, Long.MAX_VALUE));
    if (!cue.suits(fault)) {
      throw new IllegalArgumentException(
          "a fault of the handshake is on=next or on=every, without after");
    }
    return cue;
  }

  /** The keys of one fault: each is taken once. */
  private static final class Keys {
    private final Map<String, String> values = new TreeMap<>();

    private Keys(String name, String text) {
      if (text.isEmpty()) {
        return;
      }
      for (String pair : text.split(",", -1)) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException("expected key=value, found '" + pair + "'");
        }
        if (values.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
          throw new IllegalArgumentException(name + " has " + pair.substring(0, equals) + " twice");
        }
      }
    }

    private String text(String key, String otherwise) {
      String value = values.remove(key);
      return value == null ? otherwise : value;
    }

    private long whole(String key, long otherwise, long most) {
      String value = text(key, Long.toString(otherwise));
      try {
        if (value.matches("[0-9]{1,19}") && Long.parseLong(value) <= most) {
          return Long.parseLong(value);
        }
      } catch (NumberFormatException e) {
        // Above the largest long: no number either.
      }
      throw new IllegalArgumentException(
          key + " must be a whole number of at most " + most + ", but is '" + value + "'");
    }

    private int number(String key, int otherwise, int most) {
      return (int) whole(key, otherwise, most);
    }

    private Duration time(long otherwise) {
      return Duration.ofMillis(whole("every", otherwise, MAX_MILLIS));
    }

    private boolean flag(String key, boolean otherwise) {
      String value = text(key, Boolean.toString(otherwise));
      return switch (value) {
        case "true" -> true;
        case "false" -> false;
        default ->
            throw new IllegalArgumentException(
                key + " must be true or false, but is '" + value + "'");
      };
    }

    private void expectNoMore() {
      if (!values.isEmpty()) {
        throw new IllegalArgumentException("it has no " + String.join(", ", values.keySet()));
      }
    }
  }
}
