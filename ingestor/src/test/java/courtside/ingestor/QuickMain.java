package courtside.ingestor;

import courtside.service.ServiceProcess;
import java.time.InstantSource;

/** An ingestor at the pace of tests that live through faults. */
final class QuickMain {
  private QuickMain() {}

  /** Runs until it is asked to stop. */
  public static void main(String[] args) {
    System.exit(
        ServiceProcess.run(
            Ingestor.NAME,
            System.getenv(),
            IngestorSettings::read,
            settings ->
                Ingestor.start(
                    settings,
                    IngestorFixture.QUICK,
                    InstantSource.system(),
                    () -> Runtime.getRuntime().halt(ServiceProcess.EX_SOFTWARE)),
            System.err));
  }
}
