package courtside.processor;

import courtside.service.ServiceProcess;

/** The processor as a process of its own. */
public final class Main {
  private Main() {}

  /** Runs until asked to stop. */
  public static void main(String[] args) {
    System.exit(
        ServiceProcess.run(
            Processor.NAME,
            System.getenv(),
            ProcessorSettings::read,
            Processor::start,
            System.err));
  }
}
