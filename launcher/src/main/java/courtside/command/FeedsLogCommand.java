package courtside.command;

import courtside.screen.Screen;
import courtside.service.ServiceProcess;
import courtside.service.StopSignal;
import courtside.service.kafka.KafkaAddress;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.InterruptException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that reads what a pipeline's log says of its feeds. */
abstract class FeedsLogCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private KafkaOption kafka = new KafkaOption();

  final CommandSpec spec() {
    return spec;
  }

  final KafkaAddress kafka() {
    return kafka.address();
  }

  final FeedsLog open() throws InterruptedException {
    return FeedsLog.open(kafka.address(), System::nanoTime);
  }

  final Screen screen() {
    return Screen.ofProcess(spec.commandLine().getOut(), System.getenv());
  }

  /** Follows until all is decided, or somebody ends it. */
  static int follow(FeedsLog log, Screen screen, List<Following.Target> targets) throws Exception {
    try (StopSignal signal = StopSignal.toThisThread()) {
      try {
        return new Following(log, screen, System::nanoTime, Following.PATIENCE).follow(targets)
            ? ServiceProcess.EX_OK
            : ServiceProcess.EX_SOFTWARE;
      } catch (InterruptedException | InterruptException e) {
        if (!signal.received()) {
          throw e;
        }
        screen.endStatus();
        screen.line(
            "You look no longer; it goes on without you. How far it is: courtside feeds list");
        return ServiceProcess.EX_OK;
      }
    }
  }
}
