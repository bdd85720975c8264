package courtside.doctor;

import courtside.publish.PublishException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/**
 * Looks at everything that usually goes wrong, one matter after the other, whatever becomes of the
 * one before. Confined to one thread.
 */
public final class Doctor {
  private final List<Check> checks;
  private final Duration patience;

  /**
   * Looks at nothing yet.
   *
   * @param clock this machine's, which is compared with others
   */
  public Doctor(Examination examination, InstantSource clock) {
    this(checks(examination, clock), examination.limits().check());
  }

  /** One that looks at these, each for so long at most. */
  Doctor(List<Check> checks, Duration patience) {
    this.checks = List.copyOf(checks);
    this.patience = patience;
  }

  /**
   * Looks at all of it; takes at most as long as each check may take.
   *
   * @param each is given every finding as it is made
   * @return all of them, in the same order
   * @throws InterruptedException if the thread is interrupted; nothing is left running
   */
  public List<Finding> examine(Consumer<Finding> each) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try (Chart chart = new Chart()) {
      for (Check check : checks) {
        for (Finding finding : run(check, chart)) {
          findings.add(finding);
          each.accept(finding);
        }
      }
    }
    return findings;
  }

  /** In this order, as later ones need what earlier ones find. */
  private static List<Check> checks(Examination examination, InstantSource clock) {
    List<Check> checks = new ArrayList<>();
    checks.add(new KafkaCheck(examination));
    checks.add(new TopicsCheck(examination));
    checks.add(new LogCheck(examination));
    checks.add(new FeedsCheck(examination));
    checks.add(new ServicesCheck(examination, clock));
    checks.add(new LagCheck(examination));
    checks.add(new HistoryCheck(clock));
    examination.relays().forEach(relay -> checks.add(new RelayCheck(relay, examination)));
    checks.add(new DiskCheck(examination));
    checks.add(new HostCheck(examination, clock));
    checks.add(new PagesCheck(examination));
    checks.add(new RecordCheck(examination, clock));
    checks.add(new IdentityCheck(examination));
    checks.add(new FreshCheck(examination, clock));
    checks.add(new ClockCheck(examination));
    return checks;
  }

  private List<Finding> run(Check check, Chart chart) throws InterruptedException {
    FutureTask<List<Finding>> looking = new FutureTask<>(() -> check.look(chart));
    Thread.ofVirtual().name("doctor-" + check.name()).start(looking);
    try {
      return looking.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return List.of(
          Finding.wrong(
              check.name(),
              "expected an end within " + Words.of(patience) + ", found none",
              "try again; does what is asked answer drop by drop?"));
    } catch (ExecutionException e) {
      return List.of(
          switch (e.getCause()) {
            case PublishException wrong -> Finding.of(check.name(), List.of(wrong.problem()), "");
            case KafkaException wrong ->
                Finding.wrong(
                    check.name(), "Kafka does not answer: " + Words.of(wrong), "see its log");
            case null, default -> throw new IllegalStateException("a check has failed", e);
          });
    } finally {
      looking.cancel(true);
    }
  }
}
