package courtside.atproto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.SharedFiles;
import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever answers, the answer is the same. */
final class EcdsaVerifierTest {
  private static final long SEED = Long.getLong("courtside.seed", 20_261_125L);
  private static final int CASES = Integer.getInteger("courtside.cases", 2000);
  private static final int CASES_PER_KEY = 40;
  private static final String LIBRARY_PATH = "fr.acinq.secp256k1.lib.path";

  private final EcdsaVerifier portable = EcdsaVerifier.portable();
  private final EcdsaVerifier other = EcdsaVerifier.nativeOrPortable();

  @Test
  void theFixturesAreJudgedTheSame() throws IOException, MalformedDataException {
    assumeNative();
    for (String directory :
        new String[] {
          "vectors/atproto-interop-tests/crypto/", "vectors/indigo/atproto/atcrypto/testdata/"
        }) {
      JsonNode fixtures =
          JsonMapper.builder()
              .build()
              .readTree(SharedFiles.bytes(directory + "signature-fixtures.json"));
      assertThat(fixtures).hasSize(6);
      for (JsonNode fixture : fixtures) {
        byte[] message = Base64.getDecoder().decode(fixture.path("messageBase64").asText());
        byte[] signature = Base64.getDecoder().decode(fixture.path("signatureBase64").asText());
        VerifyingKey key = VerifyingKey.ofDidKey(fixture.path("publicKeyDid").asText());
        String comment = fixture.path("comment").asText();
        assertThat(other.verifies(key, message, signature))
            .as(comment)
            .isEqualTo(fixture.path("validSignature").asBoolean());
        assertThat(other.verifiesAnyS(key, message, signature))
            .as(comment)
            .isEqualTo(portable.verifiesAnyS(key, message, signature));
      }
    }
  }

  @Test
  void tokensAreJudgedTheSame() throws IOException, MalformedDataException {
    assumeNative();
    JsonNode fixtures =
        JsonMapper.builder()
            .build()
            .readTree(SharedFiles.bytes("vectors/derived/service-jwt-fixtures.json"));
    for (JsonNode fixture : fixtures) {
      String token = fixture.path("jwt").asText();
      int dot = token.lastIndexOf('.');
      VerifyingKey key = VerifyingKey.ofDidKey(fixture.path("publicKeyDid").asText());
      assertThat(
              other.verifiesAnyS(
                  key,
                  token.substring(0, dot).getBytes(StandardCharsets.US_ASCII),
                  Base64.getUrlDecoder().decode(token.substring(dot + 1))))
          .as(fixture.path("name").asText())
          .isEqualTo(fixture.path("signatureValid").asBoolean());
    }
  }

  /** {@code -Dcourtside.cases=1000000 -Dcourtside.seed=…} for more of them, or others. */
  @ParameterizedTest
  @EnumSource
  void randomCasesAreJudgedTheSame(Curve curve) {
    assumeNative();
    // The other curve is Bouncy Castle's both times: some cases show that it is asked.
    int cases = curve == Curve.K256 ? CASES : 200;
    Map<Kind, Integer> accepted = new EnumMap<>(Kind.class);
    Random random = new Random(SEED);
    Signed signed = Signed.of(curve, random);
    for (int i = 0; i < cases; i++) {
      if (i % CASES_PER_KEY == 0) {
        signed = Signed.of(curve, random);
      }
      Kind kind = Kind.of(random);
      Signed changed = signed.changed(kind, random);
      boolean any = portable.verifiesAnyS(changed.key, changed.message, changed.signature);
      boolean low = any && curve.isLowS(changed.signature);
      assertThat(other.verifiesAnyS(changed.key, changed.message, changed.signature))
          .as("seed %d, case %d, %s", SEED, i, kind)
          .isEqualTo(any);
      assertThat(other.verifies(changed.key, changed.message, changed.signature))
          .as("seed %d, case %d, %s, low s", SEED, i, kind)
          .isEqualTo(low);
      // The gate of the low s is before both; that it is, needs no thousand multiplications.
      if (i % 16 == 0) {
        assertThat(portable.verifies(changed.key, changed.message, changed.signature))
            .as("seed %d, case %d, %s, low s", SEED, i, kind)
            .isEqualTo(low);
      }
      if (any) {
        accepted.merge(kind, 1, Integer::sum);
      }
    }
    // What is right is among them, with both s, and nothing else is.
    assertThat(accepted).as("seed %d", SEED).containsOnlyKeys(Kind.AS_IT_IS, Kind.HIGH_TWIN);
  }

  @Test
  void isNativeWhereItIsAskedForAndSaysSo() {
    assumeNative();
    assertThat(other).hasToString("libsecp256k1");
    assertThat(portable).hasToString("Bouncy Castle");
    assertThat(EcdsaVerifier.nativeOrPortable()).isSameAs(other);
  }

  @Test
  void isPortableWhereTheLibraryIsNotOnTheClassPath() throws Exception {
    assertThat(nameIn(entry -> !entry.contains("secp256k1") && !entry.contains("kotlin")))
        .isEqualTo("Bouncy Castle");
    assertThat(nameIn(entry -> !entry.contains("kotlin"))).isEqualTo("Bouncy Castle");
    assertThat(nameIn(entry -> !entry.contains("secp256k1-kmp-jni-jvm-linux")))
        .isEqualTo("Bouncy Castle");
    assumeNative();
    assertThat(nameIn(_ -> true)).as("or the others prove nothing").isEqualTo("libsecp256k1");
  }

  @Test
  void isPortableWhereTheLibraryDoesNotLoad(@TempDir Path empty) throws Exception {
    String before = System.getProperty(LIBRARY_PATH);
    System.setProperty(LIBRARY_PATH, empty.toString());
    try {
      assertThat(nameIn(_ -> true)).isEqualTo("Bouncy Castle");
    } finally {
      if (before == null) {
        System.clearProperty(LIBRARY_PATH);
      } else {
        System.setProperty(LIBRARY_PATH, before);
      }
    }
  }

  /** What answers in a process with that class path. */
  private static String nameIn(Predicate<String> classPath) throws Exception {
    List<URL> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (classPath.test(entry)) {
        entries.add(url(entry));
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(entries.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      return String.valueOf(
          loader
              .loadClass(EcdsaVerifier.class.getName())
              .getMethod("nativeOrPortable")
              .invoke(null));
    }
  }

  private static URL url(String entry) throws MalformedURLException {
    return Path.of(entry).toUri().toURL();
  }

  private void assumeNative() {
    boolean isNative = other.name().equals("libsecp256k1");
    String why = "needs libsecp256k1, which is not for this system";
    boolean expected =
        System.getProperty("os.name").equals("Linux")
            && List.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
    assertThat(isNative || !expected).as("libsecp256k1 loads on this system").isTrue();
    if (!isNative) {
      System.out.println("skipped: " + why);
    }
    assumeTrue(isNative, why);
  }

  /** What is done to a signature. */
  private enum Kind {
    AS_IT_IS,
    HIGH_TWIN,
    BIT_OF_SIGNATURE,
    BIT_OF_MESSAGE,
    WRONG_KEY,
    EDGE_R,
    EDGE_S,
    EDGES,
    RANDOM,
    SHIFTED_R,
    SWAPPED,
    LENGTH;

    static Kind of(Random random) {
      Kind[] all = values();
      return all[random.nextInt(all.length)];
    }
  }

  private static final class Signed {
    final VerifyingKey key;
    final byte[] message;
    final byte[] signature;

    Signed(VerifyingKey key, byte[] message, byte[] signature) {
      this.key = key;
      this.message = message;
      this.signature = signature;
    }

    static Signed of(Curve curve, Random random) {
      SigningKey signer = SigningKey.generate(curve, random);
      byte[] message = new byte[1 + random.nextInt(100)];
      random.nextBytes(message);
      return new Signed(signer.verifyingKey(), message, signer.sign(message));
    }

    Signed changed(Kind kind, Random random) {
      byte[] changed = signature.clone();
      BigInteger order = key.curve().order();
      switch (kind) {
        case AS_IT_IS -> {
          // As it is.
        }
        case HIGH_TWIN -> Scalars.write(order.subtract(Scalars.read(changed, 32)), changed, 32);
        case BIT_OF_SIGNATURE -> flip(changed, random);
        case BIT_OF_MESSAGE -> {
          byte[] other = message.clone();
          flip(other, random);
          return new Signed(key, other, changed);
        }
        case WRONG_KEY -> {
          return new Signed(
              SigningKey.generate(key.curve(), random).verifyingKey(), message, changed);
        }
        case EDGE_R -> Scalars.write(edge(order, random), changed, 0);
        case EDGE_S -> Scalars.write(edge(order, random), changed, 32);
        case EDGES -> {
          Scalars.write(edge(order, random), changed, 0);
          Scalars.write(edge(order, random), changed, 32);
        }
        case RANDOM -> random.nextBytes(changed);
        case SHIFTED_R -> {
          // The same modulo the order, or with the other sign.
          BigInteger r = Scalars.read(changed, 0);
          BigInteger same = r.add(order);
          Scalars.write(same.bitLength() > 256 ? order.subtract(r) : same, changed, 0);
        }
        case SWAPPED -> {
          System.arraycopy(signature, 0, changed, 32, 32);
          System.arraycopy(signature, 32, changed, 0, 32);
        }
        case LENGTH -> {
          byte[] other = new byte[random.nextInt(140)];
          System.arraycopy(changed, 0, other, 0, Math.min(64, other.length));
          return new Signed(key, message, other.length == 64 ? new byte[0] : other);
        }
      }
      return new Signed(key, message, changed);
    }

    /** Numbers at which the arithmetic of a group begins and ends. */
    private static BigInteger edge(BigInteger order, Random random) {
      BigInteger half = order.shiftRight(1);
      BigInteger top = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
      BigInteger small = BigInteger.valueOf(random.nextInt(4));
      return switch (random.nextInt(6)) {
        case 0 -> small;
        case 1 -> order.subtract(small);
        case 2 -> order.add(small);
        case 3 -> half.add(small);
        case 4 -> half.subtract(small);
        default -> top.subtract(small);
      };
    }

    private static void flip(byte[] bytes, Random random) {
      int bit = random.nextInt(8 * bytes.length);
      bytes[bit / 8] ^= (byte) (1 << (bit % 8));
    }
  }
}
