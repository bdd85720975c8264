package courtside.benchmarks;

import courtside.atproto.key.Curve;
import courtside.atproto.key.EcdsaVerifier;
import courtside.atproto.key.SigningKey;
import courtside.atproto.key.VerifyingKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a signature costs, in signatures verified a second on one thread. One operation is one
 * message of the size of a commit, hashed and verified; the signers of a small network come round
 * and round, so no key is warm from the operation before.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class SignatureBenchmark {
  private static final int SIGNERS = 256;
  private static final int MESSAGE_BYTES = 230;
  private static final long SEED = 20_261_125L;

  private final EcdsaVerifier portable = EcdsaVerifier.portable();
  private final EcdsaVerifier library = EcdsaVerifier.nativeOrPortable();
  private final byte[][] messages = new byte[SIGNERS][MESSAGE_BYTES];
  private Signers k256 = new Signers(0);
  private Signers p256 = new Signers(0);
  private Signers jdk = new Signers(0);
  private int next;

  /** Keys and what they signed. */
  private static final class Signers {
    final VerifyingKey[] keys;
    final PublicKey[] jdkKeys;
    final byte[][] signatures;

    Signers(int count) {
      keys = new VerifyingKey[count];
      jdkKeys = new PublicKey[count];
      signatures = new byte[count][];
    }
  }

  /**
   * Makes the keys and signs.
   *
   * @throws GeneralSecurityException never: every JDK has P-256
   * @throws IllegalStateException if the library does not load, as then there is nothing to compare
   */
  @Setup(Level.Trial)
  public void sign() throws GeneralSecurityException {
    if (library == portable) {
      throw new IllegalStateException("libsecp256k1 does not load here");
    }
    Random random = new Random(SEED);
    for (byte[] message : messages) {
      random.nextBytes(message);
    }
    k256 = signers(Curve.K256, random);
    p256 = signers(Curve.P256, random);
    jdk = new Signers(SIGNERS);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    for (int i = 0; i < SIGNERS; i++) {
      KeyPair pair = generator.generateKeyPair();
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(pair.getPrivate());
      signature.update(messages[i]);
      jdk.jdkKeys[i] = pair.getPublic();
      jdk.signatures[i] = signature.sign();
    }
  }

  private Signers signers(Curve curve, Random random) {
    Signers signers = new Signers(SIGNERS);
    for (int i = 0; i < SIGNERS; i++) {
      SigningKey key = SigningKey.generate(curve, random);
      signers.keys[i] = key.verifyingKey();
      signers.signatures[i] = key.sign(messages[i]);
    }
    return signers;
  }

  /** As most accounts sign, by Bouncy Castle. */
  @Benchmark
  public boolean k256() {
    return verify(portable, k256);
  }

  /** The same by libsecp256k1. */
  @Benchmark
  public boolean k256Native() {
    return verify(library, k256);
  }

  /** As some accounts sign, by Bouncy Castle. */
  @Benchmark
  public boolean p256() {
    return verify(portable, p256);
  }

  /** For comparison: the same by the JDK, which takes the high s too. */
  @Benchmark
  public boolean p256Jdk() throws GeneralSecurityException {
    int i = next();
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(jdk.jdkKeys[i]);
    signature.update(messages[i]);
    return must(signature.verify(jdk.signatures[i]));
  }

  private boolean verify(EcdsaVerifier verifier, Signers signers) {
    int i = next();
    return must(verifier.verifies(signers.keys[i], messages[i], signers.signatures[i]));
  }

  private static boolean must(boolean verified) {
    if (!verified) {
      throw new IllegalStateException("a good signature was refused");
    }
    return true;
  }

  private int next() {
    next = next + 1 == SIGNERS ? 0 : next + 1;
    return next;
  }
}
