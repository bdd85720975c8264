package courtside.service.slot;

import java.io.IOException;
import java.nio.file.Path;

/** Another process that holds a slot: says which, and holds it until it is killed. */
final class SlotHolder {
  private SlotHolder() {}

  /** Takes the data directory and the service. */
  public static void main(String[] arguments) throws IOException {
    try (Slot slot = Slot.claim(Path.of(arguments[0]), arguments[1])) {
      System.out.println(slot.directory().getFileName() + " " + slot.instance());
      // Nobody writes to it: this ends with the process that started this one, at the latest.
      int end = System.in.read();
      System.out.println("ended with " + end);
    }
  }
}
