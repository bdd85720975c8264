package courtside.feedapi;

import courtside.service.ServiceProcess;

/** The feed API as a process of its own. */
public final class Main {
  private Main() {}

  /** Runs until asked to stop; the exit code is that of {@link ServiceProcess}. */
  public static void main(String[] args) {
    System.exit(
        ServiceProcess.run(
            FeedApi.NAME, System.getenv(), FeedApiSettings::read, FeedApi::start, System.err));
  }
}
