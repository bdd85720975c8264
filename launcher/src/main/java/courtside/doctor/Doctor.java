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
   * Looks at all of it; takes at most as long as each check may take, and of those that look at
   * each feed each part.
   *
   * @param each is given every finding as it is made
   * @return all of them, in the same order
   * @throws InterruptedException if the thread is interrupted; nothing is left running
   */
  public List<Finding> examine(Consumer<Finding> each) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try (Chart chart = new Chart()) {
      for (Check check : checks) {
        for (Check part : check.parts(chart)) {
          for (Finding finding : run(part, chart)) {
            findings.add(finding);
            each.accept(finding);
          }
        }
      }
    }
    return findings;
  }

  /** In this order, as later ones need what earlier ones find. */
  private static List<Check> checks(Examination examination, InstantSource clock) {
    List<Check> checks = new ArrayList<>();
    checks.addAll(ofTheLog(examination, clock));
    checks.addAll(ofRelays(examination));
    checks.add(new DiskCheck(examination));
    checks.addAll(outside(examination, clock));
    return checks;
  }

  /** What Kafka and the services say. */
  static List<Check> ofTheLog(Examination examination, InstantSource clock) {
    return List.of(
        new KafkaCheck(examination),
        new TopicsCheck(examination),
        new LogCheck(examination),
        new FeedsCheck(examination),
        new ServicesCheck(examination, clock),
        new LagCheck(examination),
        new HistoryCheck(clock));
  }

  static List<Check> ofRelays(Examination examination) {
    return examination.relays().stream()
        .<Check>map(relay -> new RelayCheck(relay, examination))
        .toList();
  }

  /** What others see. */
  static List<Check> outside(Examination examination, InstantSource clock) {
    return List.of(
        new HostCheck(examination, clock),
        new PagesCheck(examination),
        new PublisherCheck(examination, clock),
        new RecordsCheck(examination),
        new IdentityCheck(examination),
        new FreshCheck(examination, clock),
        new ClockCheck(examination));
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
