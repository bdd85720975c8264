package courtside.feedapi.identity;

import courtside.atproto.syntax.Did;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Answers as a test says, and keeps what it was asked. Thread-safe. */
public final class ScriptedSource implements KeySource {
  private final List<Did> asked = new CopyOnWriteArrayList<>();
  private volatile Function<Did, CompletableFuture<KeyAnswer>> answers;

  /** From the beginning it answers so. */
  public ScriptedSource(KeyAnswer answer) {
    this.answers = _ -> CompletableFuture.completedFuture(answer);
  }

  /** From now on it answers so. */
  public void answer(KeyAnswer answer) {
    this.answers = _ -> CompletableFuture.completedFuture(answer);
  }

  /** From now on it answers so, and when it pleases. */
  public void answer(Function<Did, CompletableFuture<KeyAnswer>> other) {
    this.answers = other;
  }

  /** What was fetched. */
  public List<Did> asked() {
    return asked;
  }

  @Override
  public Optional<KeyFailure> refuses(Did did) {
    return did.value().startsWith("did:plc:") || did.value().startsWith("did:web:")
        ? Optional.empty()
        : Optional.of(KeyFailure.UNSUPPORTED_METHOD);
  }

  @Override
  public CompletableFuture<KeyAnswer> fetch(Did did) {
    asked.add(did);
    return answers.apply(did);
  }
}
