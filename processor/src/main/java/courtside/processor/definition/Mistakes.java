package courtside.processor.definition;

import courtside.processor.definition.DefinitionException.Mistake;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is wrong with one file, so that all of it is said at once. One thread. */
final class Mistakes {
  private final String file;
  private final List<Mistake> found = new ArrayList<>();

  Mistakes(String file) {
    this.file = file;
  }

  void add(int line, String message) {
    found.add(new Mistake(line, message));
  }

  /** Ends reading where anything was wrong. */
  void check() throws DefinitionException {
    if (!found.isEmpty()) {
      found.sort(Comparator.comparingInt(Mistake::line));
      throw new DefinitionException(file, found);
    }
  }
}
