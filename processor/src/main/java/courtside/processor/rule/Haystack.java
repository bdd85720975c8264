package courtside.processor.rule;

import java.util.BitSet;

/**
 * A value of a field, folded, and where in it words may begin and end: everywhere but where it is
 * plain that none does, as within a run of Latin letters. Confined to one thread.
 */
final class Haystack {
  private final StringBuilder text = new StringBuilder();

  /** Before which characters no word, or value of another field, begins or ends. */
  private final BitSet inside = new BitSet();

  /** Characters that no name begins with; of words alone. */
  private final BitSet small = new BitSet();

  /** Takes a value in place of the one before. */
  void fill(Field field, String value) {
    text.setLength(0);
    inside.clear();
    small.clear();
    if (field.isWords()) {
      fillWithWords(field.folding(), value);
    } else {
      text.append(field.folding().of(value));
      inside.set(0, text.length());
      inside.clear(0);
      if (field == Field.TAG && text.length() > 1 && text.charAt(0) == '#') {
        // The sign may be there or not.
        inside.clear(1);
      }
    }
  }

  private void fillWithWords(Folding folding, String value) {
    int before = ' ';
    for (int i = 0; i < value.length(); ) {
      int character = value.codePointAt(i);
      // Not between digit and letter: after another alphabet, digits are words of that.
      if ((isLetter(before) && isLetter(character))
          || (isAlphanumeric(before) && isDigit(character))) {
        inside.set(text.length());
      }
      // A character before, of which nothing became, has no say in it.
      small.set(text.length(), !Analysis.isCapital(character));
      folding.append(character, text);
      before = character;
      i += Character.charCount(character);
    }
  }

  private static boolean isAlphanumeric(int c) {
    return isLetter(c) || isDigit(c);
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  int length() {
    return text.length();
  }

  char at(int index) {
    return text.charAt(index);
  }

  /** Whether a word, or value, may begin with this character, or end before it. */
  boolean isEdge(int index) {
    return !inside.get(index);
  }

  /** Whether a name may begin with this character. */
  boolean isCapital(int index) {
    return !small.get(index);
  }
}
