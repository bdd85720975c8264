package courtside.ingestor;

import courtside.service.ServiceProcess;

/** The ingestor as a process of its own. */
public final class Main {
  private Main() {}

  /** Runs until asked to stop. */
  public static void main(String[] args) {
    System.exit(
        ServiceProcess.run(
            Ingestor.NAME, System.getenv(), IngestorSettings::read, Ingestor::start, System.err));
  }
}
