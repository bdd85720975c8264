package courtside.testkit.network;

import courtside.testkit.network.Memory.Said;
import courtside.testkit.network.Scribe.Spoken;
import courtside.testkit.network.Voice.Role;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * An evening on a social network while NBA games are on. A third of what is said is about the NBA;
 * the rest is ordinary life in the same languages, much of it in words that the league's teams have
 * as names. It never ends and seldom says the same thing twice. Which acts come depends on the
 * generator alone: not on locale, time zone or clock. Confined to one thread.
 */
public final class Evening {
  /** How many of the latest posts later acts may refer to. */
  public static final int MEMORY = 500;

  private static final double NBA = 0.36;
  private static final double ANSWERS = 0.16;
  private static final int PLANS = 4;

  private final RandomGenerator random;
  private final Cast cast;
  private final Agenda agenda;
  private final Scribe scribe;
  private final Memory memory = new Memory(MEMORY);
  private final Set<Long> follows = new HashSet<>();
  private long acts;

  /**
   * Begins an evening, with its own voices and games.
   *
   * @param random what everything depends on
   */
  public Evening(RandomGenerator random) {
    this.random = random;
    League league = League.bundled();
    cast = Cast.of(league, random);
    agenda = new Agenda(league, cast, random);
    scribe = new Scribe(league, random);
  }

  /** Who takes part: the same for the whole evening, in the order of their indexes. */
  public List<Voice> voices() {
    return cast.voices();
  }

  /** What happens next. */
  public Act next() {
    double roll = random.nextDouble();
    Optional<Act> act;
    if (roll < 0.70) {
      act = Optional.empty();
    } else if (roll < 0.84) {
      act = like();
    } else if (roll < 0.89) {
      act = repost();
    } else if (roll < 0.94) {
      act = follow();
    } else if (roll < 0.975) {
      act = memory.pick(random, _ -> true).map(this::correct);
    } else {
      act = memory.pick(random, _ -> true).map(this::delete);
    }
    Act next = act.orElseGet(this::say);
    acts++;
    return next;
  }

  private Act say() {
    Optional<Said> answered =
        random.nextDouble() < ANSWERS
            ? memory.pick(random, said -> memory.holds(said.root))
            : Optional.empty();
    return answered.map(this::answer).orElseGet(this::begin);
  }

  /** An answer to a post, or a post that shows it. */
  private Act answer(Said said) {
    Plan plan = agenda.answer(said.plan);
    boolean quote = random.nextInt(5) == 0;
    Optional<Reference> reference =
        Optional.of(
            quote ? new Reference.Quote(said.number) : new Reference.Reply(said.number, said.root));
    Spoken spoken = scribe.fresh(plan, reference).orElseGet(() -> scribe.any(plan, reference));
    return say(plan, spoken, quote ? acts : said.root);
  }

  private Act begin() {
    boolean nba = random.nextDouble() < NBA;
    for (int i = 1; i < PLANS; i++) {
      Plan plan = plan(nba);
      Optional<Spoken> spoken = scribe.fresh(plan, Optional.empty());
      if (spoken.isPresent()) {
        return say(plan, spoken.get(), acts);
      }
    }
    Plan plan = plan(nba);
    return say(plan, scribe.any(plan, Optional.empty()), acts);
  }

  private Plan plan(boolean nba) {
    return nba ? agenda.nba() : agenda.life();
  }

  private Act say(Plan plan, Spoken spoken, long root) {
    memory.add(new Said(acts, root, plan, spoken));
    return new Act.Say(acts, plan.voice().index(), spoken.utterance());
  }

  /** An edit. Now and then it changes what a post is about, so that it enters or leaves a feed. */
  private Act correct(Said said) {
    Voice voice = said.plan.voice();
    if (random.nextInt(5) > 0 || voice.role() == Role.NEIGHBOUR) {
      said.spoken = scribe.corrected(said.plan, said.spoken);
    } else {
      said.plan = said.plan.topic().aboutNba() ? agenda.life(voice) : agenda.league(voice);
      said.spoken = scribe.replaced(said.plan, said.spoken);
    }
    return new Act.Correct(acts, voice.index(), said.number, said.spoken.utterance());
  }

  private Act delete(Said said) {
    memory.remove(said);
    return new Act.Delete(acts, said.plan.voice().index(), said.number);
  }

  private Optional<Act> like() {
    return memory
        .pick(random, _ -> true)
        .flatMap(said ->
            reader(said)
                .filter(by -> said.likedBy.add(by.index()))
                .map(by -> new Act.Like(acts, by.index(), said.number)));
  }

  private Optional<Act> repost() {
    return memory
        .pick(random, _ -> true)
        .flatMap(said ->
            reader(said)
                .filter(by -> said.repostedBy.add(by.index()))
                .map(by -> new Act.Repost(acts, by.index(), said.number)));
  }

  /** Somebody else who comes across a post, in three of four cases one who speaks its language. */
  private Optional<Voice> reader(Said said) {
    Voice author = said.plan.voice();
    boolean same = random.nextInt(4) > 0;
    return cast.somebody(
        random,
        who ->
            who.index() != author.index() && (!same || who.language().equals(author.language())));
  }

  private Optional<Act> follow() {
    Voice by = cast.anybody(random);
    Voice followed = cast.anybody(random);
    long pair = (long) by.index() << 32 | followed.index();
    return by.equals(followed) || !follows.add(pair)
        ? Optional.empty()
        : Optional.of(new Act.Follow(acts, by.index(), followed.index()));
  }
}
