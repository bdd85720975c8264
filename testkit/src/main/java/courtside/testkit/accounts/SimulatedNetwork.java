package courtside.testkit.accounts;

import courtside.atproto.Bytes;
import courtside.atproto.repo.Write;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordUri;
import courtside.testkit.network.Act;
import courtside.testkit.network.Evening;
import courtside.testkit.network.Reference;
import courtside.testkit.network.Utterance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A network of simulated accounts: what they say of an {@link Evening}, as events of a firehose
 * that any reader verifies. It never ends, and holds a bounded number of accounts and records
 * however long it runs. The same identities and the same times give the same events, byte for byte.
 * Confined to one thread.
 *
 * <p>An account appears with the first thing that it does: #identity, #account, and a first commit.
 * Now and then accounts get new keys, are away for a while, or are deleted. What an account that is
 * away would do is left out, and so is what concerns posts that cannot be seen.
 *
 * @see <a href="https://atproto.com/specs/sync#firehose">Firehose</a>
 */
public final class SimulatedNetwork {
  /** Most records of an account, but for its profile and what one act brings. */
  public static final int MAX_RECORDS = 150;

  /** One conversation in so many begins with a word on who may answer, in the same commit. */
  private static final int GATE_EVERY = 20;

  private final Identities identities;
  private final int maxRecords;
  private final Evening evening;
  private final Fortunes fortunes;
  private final RandomGenerator random;
  private final Map<Integer, Account> accounts = new LinkedHashMap<>();
  // By the number of the act that said it, the oldest first.
  private final Map<Long, Posted> posts = new LinkedHashMap<>();
  private Instant time = Instant.EPOCH;

  /** The network of these identities, with nobody on it yet. */
  public SimulatedNetwork(Identities identities) {
    this(identities, MAX_RECORDS);
  }

  SimulatedNetwork(Identities identities, int maxRecords) {
    this.identities = identities;
    this.maxRecords = maxRecords;
    this.evening = new Evening(identities.random("evening"));
    this.fortunes = new Fortunes(identities.random("fortunes"));
    this.random = identities.random("network");
  }

  /**
   * What happens next: one act and what comes with it, some ten events at most.
   *
   * @param now the time; one before that of the last call counts as that, so that revisions are
   *     never further ahead than the clock has been, but for some microseconds
   * @return at least one event, in order
   */
  public List<Emission> next(Instant now) {
    time = now.isAfter(time) ? now : time;
    List<Emission> emissions = new ArrayList<>(fortunes.next(accounts.values(), time));
    do {
      perform(evening.next(), emissions);
    } while (emissions.isEmpty());
    return List.copyOf(emissions);
  }

  /** Whoever has appeared. */
  Collection<Account> accounts() {
    return accounts.values();
  }

  /** How many posts are remembered for later acts. */
  int posts() {
    return posts.size();
  }

  private void perform(Act act, List<Emission> emissions) {
    Account account = appeared(act.voice(), emissions);
    if (!account.active()) {
      return;
    }
    List<Write> writes =
        switch (act) {
          case Act.Say say -> say(say, account);
          case Act.Correct correct -> correct(correct);
          case Act.Delete delete -> delete(delete, account);
          case Act.Like like ->
              visible(like.of())
                  .map(post -> create(account, Records.LIKE, Records.like(post.ref(), time)))
                  .orElse(List.of());
          case Act.Repost repost ->
              visible(repost.of())
                  .map(post -> create(account, Records.REPOST, Records.repost(post.ref(), time)))
                  .orElse(List.of());
          case Act.Follow follow -> {
            Account followed = appeared(follow.followed(), emissions);
            yield followed.active()
                ? create(account, Records.FOLLOW, Records.follow(followed.did(), time))
                : List.of();
          }
        };
    if (!writes.isEmpty()) {
      emissions.addAll(account.write(writes, time));
    }
  }

  private Account appeared(int voice, List<Emission> emissions) {
    Account known = accounts.get(voice);
    if (known != null) {
      return known;
    }
    Account account = new Account(evening.voices().get(voice), identities, maxRecords);
    accounts.put(voice, account);
    emissions.addAll(account.arrive(time));
    return account;
  }

  private List<Write> say(Act.Say say, Account account) {
    Optional<Setting> setting = setting(say.utterance());
    if (setting.isEmpty()) {
      return List.of();
    }
    RecordUri uri = account.newRecord(Nsid.POST, time);
    Bytes record = Records.post(say.utterance(), setting.get());
    remember(say.number(), new Posted(say.voice(), Ref.of(uri, record), setting.get()));
    List<Write> writes = new ArrayList<>();
    writes.add(new Write.Create(Nsid.POST, uri.rkey(), record));
    if (setting.get().answers().isEmpty() && random.nextInt(GATE_EVERY) == 0) {
      writes.add(new Write.Create(Records.THREADGATE, uri.rkey(), Records.threadgate(uri, time)));
    }
    return writes;
  }

  /** Empty where it concerns a post that cannot be seen. */
  private Optional<Setting> setting(Utterance utterance) {
    Optional<Reference> reference = utterance.reference();
    if (reference.isEmpty()) {
      return Optional.of(new Setting(time, Optional.empty(), Optional.empty()));
    }
    return switch (reference.get()) {
      case Reference.Reply reply ->
          visible(reply.parent())
              .map(post -> new Setting(time, Optional.of(post.answered()), Optional.empty()));
      case Reference.Quote quote ->
          visible(quote.of())
              .map(post -> new Setting(time, Optional.empty(), Optional.of(post.ref())));
    };
  }

  private List<Write> correct(Act.Correct correct) {
    Optional<Posted> found = visible(correct.of());
    if (found.isEmpty()) {
      return List.of();
    }
    Posted post = found.get();
    RecordUri uri = post.ref().uri();
    Bytes record = Records.post(correct.utterance(), post.setting());
    posts.put(correct.of(), new Posted(post.voice(), Ref.of(uri, record), post.setting()));
    return List.of(new Write.Update(uri.collection(), uri.rkey(), record));
  }

  private List<Write> delete(Act.Delete delete, Account account) {
    Optional<Posted> found = visible(delete.of());
    if (found.isEmpty()) {
      return List.of();
    }
    posts.remove(delete.of());
    RecordUri uri = found.get().ref().uri();
    List<Write> writes = new ArrayList<>();
    writes.add(new Write.Delete(uri.collection(), uri.rkey()));
    if (account.has(Records.THREADGATE, uri.rkey())) {
      writes.add(new Write.Delete(Records.THREADGATE, uri.rkey()));
    }
    return writes;
  }

  private List<Write> create(Account account, Nsid collection, Bytes record) {
    return List.of(
        new Write.Create(collection, account.newRecord(collection, time).rkey(), record));
  }

  /** A post that is there still, and whose author is not away. */
  private Optional<Posted> visible(long act) {
    return Optional.ofNullable(posts.get(act)).filter(post -> author(post).shows(post.ref().uri()));
  }

  private Account author(Posted post) {
    Account author = accounts.get(post.voice());
    if (author == null) {
      throw new IllegalStateException("a post of somebody who never appeared: " + post);
    }
    return author;
  }

  /** Acts concern none but the latest posts. */
  private void remember(long act, Posted post) {
    posts.put(act, post);
    if (posts.size() > Evening.MEMORY) {
      posts.remove(posts.keySet().iterator().next());
    }
  }
}
