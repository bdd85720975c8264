package courtside.testkit.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.testkit.network.Voice.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class EveningTest {
  private static final long SEED = 20;
  private static final int ACTS = 6_000;

  @Test
  void sameSeedGivesTheSameActsAndVoices() {
    // Given
    Evening one = new Evening(new SplittableRandom(SEED));
    Evening other = new Evening(new SplittableRandom(SEED));

    // Then
    assertThat(one.voices()).isEqualTo(other.voices());
    assertThat(acts(one, 1_000)).isEqualTo(acts(other, 1_000));
  }

  @Test
  void anotherSeedGivesAnotherEvening() {
    Set<String> one = texts(says(acts(SEED, 1_000)));
    Set<String> other = texts(says(acts(SEED + 1, 1_000)));

    Set<String> both = new HashSet<>(one);
    both.retainAll(other);
    assertThat(both.size()).isLessThan(one.size() / 4);
  }

  @Test
  void localeAndTimeZoneChangeNothing() {
    // Given
    List<Act> here = acts(SEED, 500);
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();

    // When
    List<Act> there;
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      there = acts(SEED, 500);
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }

    // Then
    assertThat(there).isEqualTo(here);
  }

  @Test
  void hardlyAnythingIsSaidTwice() {
    for (long seed = SEED; seed < SEED + 3; seed++) {
      // When: answers are left out, since people do say "Same here" often.
      List<String> said =
          says(acts(seed, ACTS)).stream()
              .filter(say -> say.utterance().reference().isEmpty())
              .map(say -> say.utterance().text())
              .toList();

      // Then
      assertThat(said).as("seed %d", seed).hasSizeGreaterThan(2_000);
      assertThat(said.size() - new HashSet<>(said).size())
          .as("texts said before, of %d, seed %d", said.size(), seed)
          .isLessThan(said.size() / 50);
    }
  }

  @Test
  void aThirdIsAboutTheNba() {
    for (long seed = SEED; seed < SEED + 3; seed++) {
      List<Act.Say> says = says(acts(seed, ACTS));
      long nba = says.stream().filter(say -> say.utterance().aboutNba()).count();
      assertThat((double) nba / says.size()).as("seed %d", seed).isBetween(0.29, 0.38);
    }
  }

  @Test
  void everyLanguageSpeaksAboutTheNbaAndAboutOtherThings() {
    Evening evening = new Evening(new SplittableRandom(SEED));
    Set<String> nba = new TreeSet<>();
    Set<String> life = new TreeSet<>();
    for (Act.Say say : says(acts(evening, ACTS))) {
      (say.utterance().aboutNba() ? nba : life).add(evening.voices().get(say.voice()).language());
    }
    assertThat(nba).containsExactly("de", "el", "en", "es", "fil", "fr", "it", "ja", "pt", "tr");
    assertThat(life).isEqualTo(nba);
  }

  @Test
  void voicesKeepTheirPlaceTheirLanguageAndTheirRole() {
    Evening evening = new Evening(new SplittableRandom(SEED));
    List<Voice> voices = evening.voices();
    for (int i = 0; i < voices.size(); i++) {
      assertThat(voices.get(i).index()).isEqualTo(i);
    }
    for (Act act : acts(evening, ACTS)) {
      Voice voice = voices.get(act.voice());
      utterance(act)
          .ifPresent(utterance -> {
            assertThat(utterance.langs()).isSubsetOf(voice.language(), "en");
            assertThat(utterance.aboutNba() && voice.role() == Role.NEIGHBOUR)
                .as("%s about the NBA: %s", voice, utterance.text())
                .isFalse();
          });
    }
    assertThat(evening.voices()).isEqualTo(voices);
  }

  @Test
  void everyTeamHasAFan() {
    for (long seed = SEED; seed < SEED + 20; seed++) {
      Set<String> teams =
          Cast.of(League.bundled(), new SplittableRandom(seed)).voices().stream()
              .flatMap(voice -> voice.team().stream())
              .map(Team::name)
              .collect(Collectors.toSet());
      assertThat(teams).as("seed %d", seed).hasSize(30);
    }
  }

  @Test
  void facetsMarkTheBytesOfTagsAndLinks() {
    int tags = 0;
    int links = 0;
    int afterOthers = 0;
    for (Utterance utterance : utterances(acts(SEED, ACTS))) {
      byte[] bytes = utterance.text().getBytes(UTF_8);
      for (Facet facet : utterance.facets()) {
        String marked = new String(Arrays.copyOfRange(bytes, facet.start(), facet.end()), UTF_8);
        switch (facet) {
          case Facet.Tag tag -> {
            assertThat(marked).isEqualTo("#" + tag.tag());
            tags++;
          }
          case Facet.Link link -> {
            assertThat("https://" + marked).isEqualTo(link.uri());
            assertThat(link.uri()).matches("https://[a-z]+(\\.[a-z]+)*\\.example/[a-z0-9/]+");
            links++;
          }
        }
        if (utterance.text().indexOf(marked) != facet.start()) {
          afterOthers++;
        }
      }
    }
    assertThat(tags).isGreaterThan(500);
    assertThat(links).isGreaterThan(50);
    assertThat(afterOthers).as("facets whose bytes are not their characters").isGreaterThan(100);
  }

  @Test
  void everyHashtagInATextIsAFacet() {
    for (Utterance utterance : utterances(acts(SEED, ACTS))) {
      long signs = utterance.text().chars().filter(c -> c == '#').count();
      long tags = utterance.facets().stream().filter(Facet.Tag.class::isInstance).count();
      assertThat(tags).as(utterance.text()).isEqualTo(signs);
      assertThat(utterance.text())
          .doesNotContain("{", "}", "||", "  ")
          .isEqualTo(utterance.text().strip());
    }
  }

  @Test
  void actsAreNumberedAndNameOnlyWhatIsThere() {
    Evening evening = new Evening(new SplittableRandom(SEED));
    Map<Long, Act.Say> posts = new HashMap<>();
    List<Long> latest = new ArrayList<>();
    Map<Long, Long> roots = new HashMap<>();
    Set<List<Long>> once = new HashSet<>();
    long number = 0;
    for (Act act : acts(evening, ACTS * 2)) {
      assertThat(act.number()).isEqualTo(number++);
      Optional<Long> of =
          switch (act) {
            case Act.Say say -> {
              say.utterance()
                  .reference()
                  .ifPresent(reference -> {
                    long named =
                        switch (reference) {
                          case Reference.Reply reply -> {
                            assertThat(reply.root()).isEqualTo(roots.get(reply.parent()));
                            assertThat(latest).contains(reply.root());
                            yield reply.parent();
                          }
                          case Reference.Quote quote -> quote.of();
                        };
                    assertThat(latest).contains(named);
                  });
              posts.put(say.number(), say);
              roots.put(
                  say.number(),
                  say.utterance().reference().orElse(null) instanceof Reference.Reply(_, long root)
                      ? root
                      : say.number());
              latest.add(say.number());
              if (latest.size() > Evening.MEMORY) {
                latest.removeFirst();
              }
              yield Optional.empty();
            }
            case Act.Correct correct -> {
              assertThat(owner(posts, correct.of())).isEqualTo(correct.voice());
              yield Optional.of(correct.of());
            }
            case Act.Delete delete -> {
              assertThat(owner(posts, delete.of())).isEqualTo(delete.voice());
              yield Optional.of(delete.of());
            }
            case Act.Like like -> {
              assertThat(owner(posts, like.of())).isNotEqualTo(like.voice());
              assertThat(once.add(List.of(1L, (long) like.voice(), like.of()))).isTrue();
              yield Optional.of(like.of());
            }
            case Act.Repost repost -> {
              assertThat(owner(posts, repost.of())).isNotEqualTo(repost.voice());
              assertThat(once.add(List.of(2L, (long) repost.voice(), repost.of()))).isTrue();
              yield Optional.of(repost.of());
            }
            case Act.Follow follow -> {
              assertThat(follow.followed())
                  .isNotEqualTo(follow.voice())
                  .isBetween(0, evening.voices().size() - 1);
              assertThat(once.add(List.of(3L, (long) follow.voice(), (long) follow.followed())))
                  .isTrue();
              yield Optional.empty();
            }
          };
      of.ifPresent(post -> assertThat(latest).as("what %s names", act).contains(post));
      if (act instanceof Act.Delete delete) {
        latest.remove((Long) delete.of());
      }
    }
  }

  @Test
  void everyKindOfActAndOfContentComes() {
    Set<Class<?>> kinds = new HashSet<>();
    Set<String> contents = new TreeSet<>();
    Map<Long, Boolean> about = new HashMap<>();
    for (Act act : acts(SEED, ACTS)) {
      kinds.add(act.getClass());
      utterance(act)
          .ifPresent(utterance -> {
            contents.add(utterance.langs().size() + " languages");
            utterance.reference().ifPresent(r -> contents.add(r.getClass().getSimpleName()));
            utterance.facets().forEach(facet -> contents.add(facet.getClass().getSimpleName()));
            if (!utterance.labels().isEmpty()) {
              contents.add("labels");
            }
            if (!utterance.pictures().isEmpty()) {
              contents.add("pictures");
            }
            if (!utterance.tags().isEmpty()) {
              contents.add("tags");
            }
          });
      if (act instanceof Act.Say say) {
        about.put(say.number(), say.utterance().aboutNba());
      }
      if (act instanceof Act.Correct correct) {
        Boolean before = about.put(correct.of(), correct.utterance().aboutNba());
        if (before != null && before != correct.utterance().aboutNba()) {
          contents.add(before ? "leaves the subject" : "comes to the subject");
        }
      }
    }
    assertThat(kinds).containsExactlyInAnyOrder(Act.class.getPermittedSubclasses());
    assertThat(contents)
        .containsExactly(
            "0 languages",
            "1 languages",
            "2 languages",
            "Link",
            "Quote",
            "Reply",
            "Tag",
            "comes to the subject",
            "labels",
            "leaves the subject",
            "pictures",
            "tags");
  }

  @Test
  void correctionsKeepLanguagesAndPlace() {
    Map<Long, Utterance> before = new HashMap<>();
    int corrections = 0;
    for (Act act : acts(SEED, ACTS)) {
      if (act instanceof Act.Say say) {
        before.put(say.number(), say.utterance());
      } else if (act instanceof Act.Correct correct) {
        Utterance now = correct.utterance();
        Utterance old = before.put(correct.of(), now);
        assertThat(old).isNotNull().isNotEqualTo(now);
        assertThat(old).extracting(Utterance::langs).isEqualTo(now.langs());
        assertThat(old).extracting(Utterance::reference).isEqualTo(now.reference());
        corrections++;
      }
    }
    assertThat(corrections).isGreaterThan(100);
  }

  @Test
  void noSeedEndsAnEvening() {
    for (long seed = 0; seed < 12; seed++) {
      assertThat(acts(seed, 1_200)).as("seed %d", seed).hasSize(1_200);
    }
  }

  @Test
  void wordsOfTheTeamsComeWithoutTheNba() {
    String life =
        utterances(acts(SEED, ACTS * 2)).stream()
            .filter(utterance -> !utterance.aboutNba())
            .map(utterance -> utterance.text().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining("\n"));
    assertThat(life)
        .contains("heat", "magic", "jazz", "bulls", "bears", "nets", "kings", "hawks", "suns")
        .contains("rocket", "wnba", "college", "nba 2k26", "rookie", "thunder", "bucks")
        .contains("spurs", "hornets", "wizards", "pelicans", "nuggets");
  }

  private static int owner(Map<Long, Act.Say> posts, long number) {
    Act.Say say = posts.get(number);
    assertThat(say).as("post %d", number).isNotNull();
    return say == null ? -1 : say.voice();
  }

  private static List<Act> acts(long seed, int count) {
    return acts(new Evening(new SplittableRandom(seed)), count);
  }

  private static List<Act> acts(Evening evening, int count) {
    List<Act> acts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      acts.add(evening.next());
    }
    return acts;
  }

  private static List<Act.Say> says(List<Act> acts) {
    return acts.stream().filter(Act.Say.class::isInstance).map(Act.Say.class::cast).toList();
  }

  private static Set<String> texts(List<Act.Say> says) {
    return says.stream().map(say -> say.utterance().text()).collect(Collectors.toSet());
  }

  private static Optional<Utterance> utterance(Act act) {
    return switch (act) {
      case Act.Say say -> Optional.of(say.utterance());
      case Act.Correct correct -> Optional.of(correct.utterance());
      case Act.Delete _, Act.Like _, Act.Repost _, Act.Follow _ -> Optional.empty();
    };
  }

  private static List<Utterance> utterances(List<Act> acts) {
    return acts.stream().flatMap(act -> utterance(act).stream()).toList();
  }
}
