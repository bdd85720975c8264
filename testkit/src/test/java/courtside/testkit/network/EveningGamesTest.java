package courtside.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class EveningGamesTest {
  private static final League LEAGUE = League.bundled();
  private static final int GAMES = 300;

  @Test
  void gameGoesForwardToAWinner() {
    int points = 0;
    for (int seed = 0; seed < GAMES; seed++) {
      // When
      List<Moment> moments = play(seed);

      // Then
      Scene last = new Scene(team(0), team(1), team(0), "", 0, 0, 0, 1, 720, 0, 0, 0);
      boolean over = false;
      for (Moment moment : moments) {
        Scene scene = moment.scene();
        assertThat(score(scene, 0)).as("seed %d", seed).isGreaterThanOrEqualTo(score(last, 0));
        assertThat(score(scene, 1)).as("seed %d", seed).isGreaterThanOrEqualTo(score(last, 1));
        assertThat(scene.quarter()).as("seed %d", seed).isGreaterThanOrEqualTo(last.quarter());
        if (scene.quarter() == last.quarter()) {
          assertThat(scene.secondsLeft()).as("seed %d", seed).isBetween(0, last.secondsLeft());
        }
        over |= moment.topic() == Topic.FINAL;
        assertThat(moment.topic() == Topic.AFTER || moment.topic() == Topic.FINAL)
            .as("%s, seed %d", moment, seed)
            .isEqualTo(over);
        last = scene;
      }
      assertThat(last.us()).as("seed %d", seed).isGreaterThan(last.them());
      assertThat(moments).as("seed %d", seed).hasSizeBetween(15, 120);
      points += last.us() + last.them();
    }
    assertThat(points / (2 * GAMES)).as("points of a team on average").isBetween(95, 125);
  }

  @Test
  void everyMomentComesAndMeansWhatItSays() {
    Map<Topic, Integer> counts = new EnumMap<>(Topic.class);
    for (int seed = 0; seed < GAMES; seed++) {
      for (Moment moment : play(seed)) {
        Topic topic = moment.topic();
        Scene scene = moment.scene();
        counts.merge(topic, 1, Integer::sum);
        switch (topic) {
          case RUN, TIMEOUT -> assertThat(scene.run()).as("%s", moment).isGreaterThanOrEqualTo(8);
          case LEAD_CHANGE ->
              assertThat(scene.us() - scene.them()).as("%s", moment).isGreaterThanOrEqualTo(2);
          case TIED, OVERTIME -> assertThat(scene.us()).as("%s", moment).isEqualTo(scene.them());
          case HALF_TIME, QUARTER_END, FINAL, AFTER ->
              assertThat(scene.us()).as("%s", moment).isGreaterThan(scene.them());
          case MILESTONE -> assertThat(scene.points()).as("%s", moment).isGreaterThanOrEqualTo(20);
          case CLUTCH -> {
            assertThat(Math.abs(scene.us() - scene.them())).as("%s", moment).isLessThan(6);
            assertThat(scene.secondsLeft()).as("%s", moment).isLessThan(120);
          }
          default -> {
            // Nothing is promised of these but that they come.
          }
        }
        assertThat(scene.team().players()).contains(scene.player());
        assertThat(scene.host()).isEqualTo(team(0));
      }
    }
    assertThat(counts.keySet()).containsExactlyElementsOf(Topic.of(Topic.Genre.GAME));
  }

  @Test
  void nobodyPlaysTwoGamesAtOnceAndTheEveningGoesOn() {
    // Given
    Slate slate = new Slate(LEAGUE);
    SplittableRandom random = new SplittableRandom(5);
    Map<Team, Team> playing = new HashMap<>();
    Set<Team> seen = new HashSet<>();
    int atOnce = 0;
    int ended = 0;

    for (int i = 0; i < 10_000; i++) {
      // When
      Moment moment = slate.next(random);
      Team team = moment.scene().team();
      Team opponent = moment.scene().opponent();

      // Then: what is said after a game may come while its teams have no other.
      if (moment.topic() == Topic.PREVIEW) {
        assertThat(playing).doesNotContainKeys(team, opponent);
        playing.put(team, opponent);
        playing.put(opponent, team);
      } else if (moment.topic() == Topic.AFTER) {
        assertThat(playing).doesNotContainKeys(team, opponent);
      } else {
        assertThat(playing).containsEntry(team, opponent).containsEntry(opponent, team);
      }
      if (moment.topic() == Topic.FINAL) {
        playing.remove(team);
        playing.remove(opponent);
        ended++;
      }
      atOnce = Math.max(atOnce, playing.size() / 2);
      seen.add(team);
    }
    assertThat(atOnce).isEqualTo(3);
    assertThat(ended).isGreaterThan(100);
    assertThat(seen).hasSize(30);
  }

  private static Team team(int index) {
    return LEAGUE.teams().get(index);
  }

  private static int score(Scene scene, int index) {
    return scene.team().equals(team(index)) ? scene.us() : scene.them();
  }

  private static List<Moment> play(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Game game = new Game(team(0), team(1));
    List<Moment> moments = new ArrayList<>();
    while (!game.over()) {
      moments.add(game.next(random));
    }
    return moments;
  }
}
