package courtside.processor.rule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A post, and the numbers of what it holds of a dictionary, each once. Confined to one thread. */
final class Found {
  private final AnalysedPost post;
  private final List<Integer> numbers = new ArrayList<>();
  private final BitSet known = new BitSet();

  Found(AnalysedPost post) {
    this.post = post;
  }

  void add(@Nullable Integer number) {
    if (number != null && !known.get(number)) {
      known.set(number);
      numbers.add(number);
    }
  }

  AnalysedPost post() {
    return post;
  }

  List<Integer> numbers() {
    return numbers;
  }
}
