package courtside.processor.rule;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Words that are hard to fold, and what people and machines do to them: for tests. Confined to one
 * thread.
 */
final class RandomText {
  private static final List<String> PIECES =
      List.of(
          // Latin, with all that hangs on it, and what folds to several letters or to others.
          "nba",
          "Lakers",
          "heat",
          "Jokić",
          "e\u0301te\u0301",
          "A\u030Angstro\u0308m",
          "\u212Bngstr\u00F6m",
          "straße",
          "STRASSE",
          "\u1E9E",
          "ﬁnal",
          "o\uFB03ce",
          "\u017Ftop",
          "\u01C4ep",
          "İstanbul",
          "ISTANBUL",
          "ıspanak",
          "ＮＢＡ",
          "\u2461nd",
          "\u210Cex",
          "x²",
          "76ers",
          "\u212Aelvin",
          "q\u0328\u0307\u0323",
          // What joins and what parts.
          "l'NBA",
          "De’Aaron",
          "\u0149ba",
          "\u02BCn",
          "NBA:ssa",
          "buzzer-beater",
          "snake_case",
          "nba.com",
          "3.14",
          "a\u00ADb",
          "x\u200Dy",
          "o\u200Bk",
          "no\u00A0break",
          "#nba",
          "＃tag",
          "##",
          // Other alphabets.
          "ΟΔΟΣ",
          "οδός",
          "\u1F80\u03B4",
          "Лейкерс",
          "ЙОД",
          "и\u0306од",
          "\u0587\u0565",
          "ᏣᎳᎩ",
          "\uAB70\uAB71",
          "שָׁלוֹם",
          "ليكرز",
          "لِيكَرز",
          "\uFEFBم",
          "\uFDFA",
          "नमस्ते",
          "क्षत्रिय",
          "\u09C7\u09BE\u0995",
          "สวัสดี",
          "မြန်မာ",
          // Marks in another order than the canonical one.
          "ก\u0E48\u0E38น",
          "क\u094D\u093Cष",
          "\u05D0\u05C1\u05B0",
          "\u0F40\u0F74\u0F71",
          "ខ្មែរ",
          // The far East.
          "レイカーズ",
          "ﾚｲｶｰｽﾞ",
          "がんばれ",
          "か\u3099ん",
          "ハ\u309A",
          "八村塁",
          "\uF900\uFA0C",
          "\u3300",
          "\u337F",
          "레이커스",
          "\u1105\u1166\u110B\u1175",
          "\u1100\u1161\u11A8",
          "\uFFA1\uFFC2",
          "\u302A\u4E00",
          // Signs, and nothing.
          "🏀",
          "👨‍👩‍👧",
          "🏳️‍🌈",
          "1️⃣",
          "a1\uFE0F\u20E3b",
          "𝐍𝐁𝐀",
          "𐐔",
          "\u0301",
          "\u20DD",
          "\u0130\u0307",
          "…",
          "\u2028",
          "\u0000");

  private static final List<String> BETWEEN =
      List.of(" ", " ", " ", " ", "", "", "-", "'", "’", ".", ":", "_", "\n", "・", "\u3000", "/");

  private final RandomGenerator random;
  private final List<String> vocabulary;

  /** Draws some words, which then come again and again. */
  RandomText(RandomGenerator random, int words) {
    this.random = random;
    this.vocabulary = IntStream.range(0, words).mapToObj(_ -> newWord()).toList();
  }

  private String newWord() {
    StringBuilder word = new StringBuilder();
    int pieces = 1 + random.nextInt(2);
    for (int i = 0; i < pieces; i++) {
      word.append(
          random.nextInt(12) == 0
              ? Character.toString(random.nextInt(Character.MAX_CODE_POINT + 1))
              : one(PIECES));
    }
    return word.toString();
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** One of the words, perhaps written in another way. */
  String word() {
    return wellFormed(changed(one(vocabulary)));
  }

  /** As records hold it: without halves of characters. */
  private static String wellFormed(String word) {
    return new String(word.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private String changed(String word) {
    return switch (random.nextInt(16)) {
      case 0 -> word.toUpperCase(Locale.ROOT);
      case 1 -> word.toLowerCase(Locale.ROOT);
      case 2 -> Normalizer.normalize(word, Normalizer.Form.NFD);
      case 3 -> Normalizer.normalize(word, Normalizer.Form.NFC);
      case 4 -> Normalizer.normalize(word, Normalizer.Form.NFKC);
      case 5 -> Normalizer.normalize(word, Normalizer.Form.NFKD);
      case 6 -> wide(word);
      case 7 ->
          with(word, one(List.of("\u0301", "\u200D", "\u00AD", "\uFE0F", "\u3099", "\u093E")));
      case 8 -> word + one(vocabulary);
      case 9 -> word.substring(random.nextInt(word.length()));
      case 10 -> one(PIECES);
      default -> word;
    };
  }

  private static String wide(String word) {
    StringBuilder wide = new StringBuilder();
    word.chars().forEach(c -> wide.append((char) (c > ' ' && c < 0x7F ? c - 0x20 + 0xFF00 : c)));
    return wide.toString();
  }

  private String with(String word, String mark) {
    return new StringBuilder(word).insert(random.nextInt(word.length() + 1), mark).toString();
  }

  /** Some words. */
  String text(int most) {
    StringBuilder text = new StringBuilder();
    int words = random.nextInt(most + 1);
    for (int i = 0; i < words; i++) {
      text.append(word()).append(one(BETWEEN));
    }
    return text.toString();
  }
}
