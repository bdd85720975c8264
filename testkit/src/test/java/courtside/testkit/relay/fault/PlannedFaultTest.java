package courtside.testkit.relay.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlannedFaultTest {
  private final List<String> problems = new ArrayList<>();

  @Test
  void plansNothingByDefault() {
    assertThat(PlannedFault.parse("", problems)).isEmpty();
    assertThat(problems).isEmpty();
  }

  @Test
  void readsFaultsWithTheirKeysAndCues() {
    assertThat(
            PlannedFault.parse(
                "answers:status=429,retry-after=7; answers:status=302,location=wss://x:1/y=z;"
                    + "falls-silent:answers-pings=false,after=500;closes:code=1008,on=every,after=1;"
                    + "floods-fragments; drips-bytes:chunk=7,every=3,on=next",
                problems))
        .containsExactly(
            new PlannedFault(
                new Fault.Answers(429, Map.of("Retry-After", "7")), Cue.nextConnection()),
            new PlannedFault(Fault.Answers.movedTo("wss://x:1/y=z"), Cue.nextConnection()),
            new PlannedFault(new Fault.FallsSilent(false), Cue.afterFrames(500)),
            new PlannedFault(new Fault.Closes(1008), Cue.everyConnection().withFrames(1)),
            new PlannedFault(
                new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, 0), Cue.now()),
            new PlannedFault(new Fault.DripsBytes(7, Duration.ofMillis(3)), Cue.nextConnection()));
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "accept-then-closes",
        "resets-in-handshake",
        "never-answers",
        "endless-headers",
        "answers",
        "falls-silent",
        "only-pings",
        "goes-mute",
        "trickles",
        "drips-bytes",
        "closes",
        "refuses",
        "fins",
        "resets",
        "text",
        "declares-length",
        "floods-fragments",
        "compressed",
        "sends",
        "repeats-window",
        "skips-frames"
      })
  void hasDefaultsForEveryFault(String name) {
    assertThat(PlannedFault.parse(name, problems)).hasSize(1);
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void knowsEveryMessage(Malformed malformed) {
    String name = malformed.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    assertThat(PlannedFault.parse("sends:seq=9,message=" + name, problems))
        .containsExactly(new PlannedFault(malformed.fault(9), Cue.now()));
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "falls-silly|no fault is called so",
        "goes-mute:every=5|it has no every",
        "goes-mute:on=later|on must be next, every or any, but is later",
        "never-answers:after=1|a fault of the handshake is on=next or on=every, without after",
        "never-answers:on=any|a fault of the handshake is on=next or on=every, without after",
        "closes:code=65536|code must be a whole number of at most 65535, but is '65536'",
        "closes:code=-1|code must be a whole number of at most 65535, but is '-1'",
        "skips-frames:count=9999999999999999999|count must be a whole number of at most"
            + " 9223372036854775807, but is '9999999999999999999'",
        "skips-frames:count=0|expected at least 1 frame, found 0",
        "trickles:every=0|expected a pause above 0, found PT0S",
        "fins:mid-frame=yes|mid-frame must be true or false, but is 'yes'",
        "sends:message=nonsense|no message is called nonsense",
        "closes:code|expected key=value, found 'code'",
        "closes:code=1,code=2|closes has code twice",
        "answers:status=99|expected a status of three digits, found 99",
      })
  void saysWhatIsWrong(String text, String problem) {
    assertThat(PlannedFault.parse(text, problems)).isEmpty();
    assertThat(problems).containsExactly("'" + text + "': " + problem);
  }
}
