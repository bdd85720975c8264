package courtside.doctor;

import courtside.eventlog.status.ServiceStatus;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether there is room: where instances keep their state, and where brokers keep the log. */
final class DiskCheck implements Check {
  private final Examination examination;

  DiskCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "disk";
  }

  @Override
  public List<Finding> look(Chart chart) {
    List<String> wrong = new ArrayList<>();
    List<String> well = new ArrayList<>();
    here(wrong, well);
    for (ServiceStatus status : chart.speaking().orElse(List.of())) {
      said(status.figures(), wrong, well);
    }
    if (!wrong.isEmpty()) {
      return List.of(
          Finding.wrong(
              name(),
              String.join("; ", wrong),
              "more disk, or a smaller COURTSIDE_DISK and a start of the services; fewer feeds"
                  + " where it is the reserve"));
    }
    return List.of(
        well.isEmpty()
            ? Finding.skipped(
                name(),
                "there is no " + examination.data() + " here (--data), and no service speaks of it")
            : Finding.ok(name(), String.join("; ", well.stream().distinct().toList())));
  }

  private void here(List<String> wrong, List<String> well) {
    Path data = examination.data();
    if (!Files.isDirectory(data)) {
      return;
    }
    try {
      FileStore store = Files.getFileStore(data);
      note(
          "at " + data,
          (double) store.getUsableSpace(),
          (double) store.getUsableSpace() / Math.max(1, store.getTotalSpace()),
          wrong,
          well);
    } catch (IOException e) {
      wrong.add("expected to be told how full the disk of " + data + " is, found " + Words.of(e));
    }
  }

  private void said(Map<String, Double> figures, List<String> wrong, List<String> well) {
    Double bytes = figures.get("broker_disk_usable_bytes");
    Double share = figures.get("broker_disk_usable_share");
    if (bytes != null && share != null) {
      note("at the broker", bytes, share, wrong, well);
    }
    Double used = figures.get("reserved_bytes_used");
    Double reserved = figures.get("reserved_bytes");
    if (used != null && reserved != null && used > reserved) {
      wrong.add(
          "expected at most the "
              + Words.ofBytes(reserved)
              + " reserved for what cannot be cut by bytes, found "
              + Words.ofBytes(used));
    }
  }

  private void note(
      String where, double bytes, double share, List<String> wrong, List<String> well) {
    if (share < examination.limits().free()) {
      wrong.add(
          "expected %.0f %% free %s, found %.1f %%, %s"
              .formatted(
                  examination.limits().free() * 100, where, share * 100, Words.ofBytes(bytes)));
    } else {
      well.add("%s free %s (%.0f %%)".formatted(Words.ofBytes(bytes), where, share * 100));
    }
  }
}
