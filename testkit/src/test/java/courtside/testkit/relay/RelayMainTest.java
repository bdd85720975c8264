package courtside.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import courtside.testkit.relay.fault.PlannedFault;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RelayMainTest {
  private final List<String> problems = new ArrayList<>();

  @Test
  void hasDefaultsForAllButTheDirectory() {
    assertThat(RelayMain.Settings.read(Map.of("COURTSIDE_RELAY_DIRECTORY", "d"), problems))
        .isEqualTo(
            new RelayMain.Settings(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                Path.of("d"),
                Optional.empty(),
                new Pace.AsRecorded(),
                0,
                1,
                List.of()));
    assertThat(problems).isEmpty();
  }

  @Test
  void readsEverySetting() {
    assertThat(
            RelayMain.Settings.read(
                Map.of(
                    "COURTSIDE_RELAY_HOST", "0.0.0.0",
                    "COURTSIDE_RELAY_PORT", "2480",
                    "COURTSIDE_RELAY_DIRECTORY", "d",
                    "COURTSIDE_RELAY_RECORDING", "r.gz",
                    "COURTSIDE_RELAY_PACE", "0.5",
                    "COURTSIDE_RELAY_NETWORK", "2.5",
                    "COURTSIDE_RELAY_SEED", "77",
                    "COURTSIDE_RELAY_FAULT", "falls-silent:after=500",
                    "COURTSIDE_OTHER", "not ours"),
                problems))
        .isEqualTo(
            new RelayMain.Settings(
                new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 2480),
                Path.of("d"),
                Optional.of(Path.of("r.gz")),
                new Pace.Rate(0.5),
                2.5,
                77,
                List.of(new PlannedFault(new Fault.FallsSilent(true), Cue.afterFrames(500)))));
    assertThat(problems).isEmpty();
  }

  @Test
  void namesEveryProblemAtOnce() {
    RelayMain.Settings.read(
        Map.of(
            "COURTSIDE_RELAY_HOST", "everywhere",
            "COURTSIDE_RELAY_PORT", "65536",
            "COURTSIDE_RELAY_PACE", "0",
            "COURTSIDE_RELAY_NETWORK", "100001",
            "COURTSIDE_RELAY_SEED", "x",
            "COURTSIDE_RELAY_FAULT", "falls-silly",
            "COURTSIDE_RELAY_PAGE", "fast"),
        problems);
    assertThat(problems)
        .containsExactly(
            "COURTSIDE_RELAY_PAGE is not a setting of the relay",
            "COURTSIDE_RELAY_DIRECTORY is required",
            "COURTSIDE_RELAY_PORT must be a port of 0 to 65535, but is '65536'",
            "COURTSIDE_RELAY_HOST must be an address such as 0.0.0.0, but is 'everywhere'",
            "COURTSIDE_RELAY_PACE must be recorded, fast, or frames per second above 0, but is"
                + " '0'",
            "COURTSIDE_RELAY_NETWORK must be acts per second, at most 100000, but is '100001'",
            "COURTSIDE_RELAY_SEED must be a number of 1 to 18 digits, but is 'x'",
            "COURTSIDE_RELAY_FAULT 'falls-silly': no fault is called so");
  }
}
