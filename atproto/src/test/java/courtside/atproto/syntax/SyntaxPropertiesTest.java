package courtside.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import courtside.atproto.MalformedDataException;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The loops that read identifiers mean what the specification's patterns mean, for texts drawn from
 * a seed, which a failure names.
 */
final class SyntaxPropertiesTest {
  private static final long SEED = 20_260_824L;
  private static final int ROUNDS = 250_000;
  private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

  /** Parses one identifier. */
  @FunctionalInterface
  private interface Parser {
    Object parse(String text) throws MalformedDataException;
  }

  @Test
  void dids() {
    Pattern pattern = Pattern.compile("did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]");
    assertMeans(
        text -> text.length() <= 2048 && pattern.matcher(text).matches(),
        Did::parse,
        "did:plc:z72i7hdynmk6r22z27h6tvur",
        "did:web:example.com",
        "did:web:localhost%3A1234",
        "did:m:-:_:.:%ab_",
        "did:key:" + "z".repeat(2040),
        "did::",
        "did:plc:");
  }

  @Test
  void nsids() {
    Pattern pattern =
        Pattern.compile(
            "[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\\."
                + LABEL
                + ")+(\\.[a-zA-Z]([a-zA-Z0-9]{0,62})?)");
    assertMeans(
        text -> text.length() <= 317 && pattern.matcher(text).matches(),
        Nsid::parse,
        "app.bsky.feed.post",
        "a.b.c",
        "cn.8.lex.stuff",
        "com." + "o".repeat(63) + "." + "p".repeat(63),
        ("m".repeat(62) + ".").repeat(4) + "n".repeat(65),
        ("m".repeat(62) + ".").repeat(5) + "nn",
        "xn--a.b-1.C0");
  }

  @Test
  void recordKeys() {
    Pattern pattern = Pattern.compile("[A-Za-z0-9._:~-]{1,512}");
    assertMeans(
        text -> pattern.matcher(text).matches() && !text.equals(".") && !text.equals(".."),
        RecordKey::parse,
        "3jzfcijpj2z2a",
        "self",
        "~1.2-3_:",
        "...",
        "..",
        "x",
        "o".repeat(512));
  }

  @Test
  void tids() {
    Pattern pattern = Pattern.compile("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}");
    assertMeans(
        text -> pattern.matcher(text).matches(),
        Tid::parse,
        "3jzfcijpj2z2a",
        "2222222222222",
        "jzzzzzzzzzzzz",
        "kzzzzzzzzzzzz",
        "7777777777777");
  }

  @Test
  void handles() {
    Pattern pattern =
        Pattern.compile("(" + LABEL + "\\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");
    assertMeans(
        text -> text.length() <= 253 && pattern.matcher(text).matches(),
        Handle::parse,
        "alice.bsky.social",
        "a.b",
        "8.cn",
        "4chan.o-g",
        "short." + "o".repeat(63) + ".test",
        ("l".repeat(50) + ".").repeat(4) + "t".repeat(49),
        "127.0.0.1");
  }

  private static void assertMeans(Predicate<String> pattern, Parser parser, String... examples) {
    Random random = new Random(SEED);
    int valid = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String text =
          random.nextInt(20) == 0
              ? Mutants.mutate("", random, random.nextInt(20))
              : Mutants.mutate(
                  examples[random.nextInt(examples.length)], random, random.nextInt(4));
      boolean expected = pattern.test(text);
      if (isTaken(parser, text) != expected) {
        fail("seed %d, round %d: the pattern says %s of '%s'", SEED, i, expected, text);
      }
      valid += expected ? 1 : 0;
    }
    // Or one side was never compared.
    assertThat(valid).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  private static boolean isTaken(Parser parser, String text) {
    try {
      parser.parse(text);
      return true;
    } catch (MalformedDataException e) {
      return false;
    }
  }
}
