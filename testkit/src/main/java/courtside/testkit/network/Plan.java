package courtside.testkit.network;

import java.util.Optional;

/**
 * Who is about to speak about what. Immutable.
 *
 * @param scene present where the topic is about the NBA
 */
record Plan(Voice voice, Topic topic, Optional<Scene> scene) {
  static Plan life(Voice voice, Topic topic) {
    return new Plan(voice, topic, Optional.empty());
  }

  static Plan nba(Voice voice, Topic topic, Scene scene) {
    return new Plan(voice, topic, Optional.of(scene));
  }

  /** Whose side the voice takes. */
  Line.Stance stance() {
    if (scene.isEmpty() || voice.team().isEmpty()) {
      return Line.Stance.NEUTRAL;
    }
    Team own = voice.team().get();
    return own.equals(scene.get().team())
        ? Line.Stance.FOR
        : own.equals(scene.get().opponent()) ? Line.Stance.AGAINST : Line.Stance.NEUTRAL;
  }
}
