package courtside.testkit.accounts;

import courtside.testkit.accounts.Account.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What befalls accounts now and then: new keys, rest, being taken down, the end. Confined to one
 * thread.
 */
final class Fortunes {
  /** Something befalls somebody once in so many turns. */
  static final int EVERY = 150;

  /** Most accounts that are away at once, so that there is always somebody who speaks. */
  static final int MOST_AWAY = 8;

  /** Most accounts that are deleted, as nobody comes in their place. */
  static final int MOST_DELETED = 3;

  private final RandomGenerator random;
  private final List<Away> away = new ArrayList<>();
  private long turns;
  private int deleted;

  private record Away(Account account, long until) {}

  Fortunes(RandomGenerator random) {
    this.random = random;
  }

  /** What befalls them in this turn, which is mostly nothing. */
  List<Emission> next(Collection<Account> accounts, Instant now) {
    turns++;
    List<Emission> emissions = new ArrayList<>();
    for (Iterator<Away> all = away.iterator(); all.hasNext(); ) {
      Away one = all.next();
      if (one.until() <= turns) {
        all.remove();
        emissions.addAll(one.account().comeBack(now));
      }
    }
    if (random.nextInt(EVERY) == 0 && !accounts.isEmpty()) {
      List<Account> all = List.copyOf(accounts);
      Account account = all.get(random.nextInt(all.size()));
      if (account.active()) {
        emissions.addAll(befall(account, now));
      }
    }
    return emissions;
  }

  private List<Emission> befall(Account account, Instant now) {
    int roll = random.nextInt(20);
    if (roll < 5) {
      return List.of(account.sync(now));
    }
    if (roll < 9 && away.size() < MOST_AWAY) {
      return leave(account, Status.DEACTIVATED, 40 + random.nextInt(400), now);
    }
    if (roll < 12 && away.size() < MOST_AWAY) {
      return leave(account, Status.TAKENDOWN, 300 + random.nextInt(1_000), now);
    }
    if (roll < 13 && deleted < MOST_DELETED) {
      deleted++;
      return List.of(account.leave(Status.DELETED, now));
    }
    return account.rotateKey(now);
  }

  private List<Emission> leave(Account account, Status why, int turnsAway, Instant now) {
    away.add(new Away(account, turns + turnsAway));
    return List.of(account.leave(why, now));
  }
}
