package courtside.atproto.syntax;

import java.util.Random;

/** Texts that are nearly right: what a random change at a random place makes of one. */
final class Mutants {
  /** The edges of every class of characters, what looks like them, and what is outside of all. */
  private static final String CHARACTERS =
      "azAZ0927:.-_~%+/@[`{^,;#! jk\t\n\r\0\u007f\u0080\u00e9\u0130\u0131\u017f\u212a\u0660\uff10\ud800\udc00\ufeff";

  private Mutants() {}

  static String mutate(String text, Random random, int changes) {
    StringBuilder mutant = new StringBuilder(text);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(mutant.length() + 1);
      int kind = random.nextInt(4);
      if (kind == 0 || mutant.isEmpty()) {
        mutant.insert(at, character(random));
      } else if (kind == 1) {
        mutant.deleteCharAt(Math.min(at, mutant.length() - 1));
      } else if (kind == 2) {
        mutant.setCharAt(Math.min(at, mutant.length() - 1), character(random));
      } else {
        // A run twice: mostly of a length that some limit is near.
        int end = at + random.nextInt(mutant.length() - at + 1);
        mutant.insert(at, mutant.substring(at, end));
      }
    }
    return mutant.toString();
  }

  static char character(Random random) {
    return CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
  }
}
