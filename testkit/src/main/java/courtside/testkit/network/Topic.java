package courtside.testkit.network;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is spoken about. Each has a section of its own in the file of its genre, in each language.
 */
public enum Topic {
  /** A game is about to begin. */
  PREVIEW(Genre.GAME),
  /** It begins. */
  TIP_OFF(Genre.GAME),
  /** A three-pointer. */
  THREE(Genre.GAME),
  /** A dunk. */
  DUNK(Genre.GAME),
  /** A blocked shot, by the team spoken of. */
  BLOCK(Genre.GAME),
  /** A steal, by the team spoken of. */
  STEAL(Genre.GAME),
  /** A turnover of the team spoken of. */
  TURNOVER(Genre.GAME),
  /** Many points in a row by the team spoken of, which may still be behind. */
  RUN(Genre.GAME),
  /** The team spoken of leads now, by two at least. */
  LEAD_CHANGE(Genre.GAME),
  /** The score is level. */
  TIED(Genre.GAME),
  /** The team spoken of takes a time-out because of the other's run. */
  TIMEOUT(Genre.GAME),
  /** A player of the team spoken of comes back from the bench. */
  SUBSTITUTION(Genre.GAME),
  /** Somebody, never named, leaves the floor. */
  INJURY(Genre.GAME),
  /** Two free throws. */
  FREE_THROWS(Genre.GAME),
  /** A player has passed 20, 30, 40 or 50 points. */
  MILESTONE(Genre.GAME),
  /** The first or third quarter is over and the team spoken of leads. */
  QUARTER_END(Genre.GAME),
  /** Half-time, and the team spoken of leads. */
  HALF_TIME(Genre.GAME),
  /** The last two minutes of a close game. */
  CLUTCH(Genre.GAME),
  /** It is level at the end and goes on. */
  OVERTIME(Genre.GAME),
  /** The team spoken of has won. */
  FINAL(Genre.GAME),
  /** Later, about a game that the team spoken of has won. */
  AFTER(Genre.GAME),

  /** Trade rumours. */
  RUMOUR(Genre.TALK),
  /** The draft and its prospects. */
  DRAFT(Genre.TALK),
  /** Fantasy leagues. */
  FANTASY(Genre.TALK),
  /** Standings. */
  STANDINGS(Genre.TALK),
  /** Coming games, broadcasts, news. */
  SCHEDULE(Genre.TALK),
  /** Everything else that fans speak about. */
  CHAT(Genre.TALK),
  /** Short cries with a hashtag. */
  CRY(Genre.TALK),
  /** Pictures; some are known to be about the NBA by their descriptions alone. */
  PICTURE(Genre.TALK),

  /** Good morning and good night. */
  GREETING(Genre.LIFE),
  /** Food and drink. */
  FOOD(Genre.LIFE),
  /** Weather: heat, thunder, suns. */
  WEATHER(Genre.LIFE),
  /** Programming. */
  CODE(Genre.LIFE),
  /** Cats. */
  CATS(Genre.LIFE),
  /** Music: jazz, concerts. */
  MUSIC(Genre.LIFE),
  /** Money: bulls, bears, bucks. */
  MARKETS(Genre.LIFE),
  /** Rockets, stars, suns. */
  SPACE(Genre.LIFE),
  /** Hawks, hornets, pelicans, wolves, and nets. */
  NATURE(Genre.LIFE),
  /** Every sport but the NBA: WNBA, college, football. */
  SPORTS(Genre.LIFE),
  /** Video games and board games: kings, wizards. */
  GAMING(Genre.LIFE),
  /** Trading cards. */
  CARDS(Genre.LIFE),
  /** Magic tricks, theatre, films. */
  STAGE(Genre.LIFE),
  /** Work, trains, neighbours. */
  DAYS(Genre.LIFE),

  /** Answers that fit anything. */
  ANYTHING(Genre.REPLY),
  /** Answers to posts about the NBA that name it. */
  BASKETBALL(Genre.REPLY);

  private final Genre genre;

  Topic(Genre genre) {
    this.genre = genre;
  }

  Genre genre() {
    return genre;
  }

  /** How its section is headed. */
  String heading() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean aboutNba() {
    return genre == Genre.GAME || genre == Genre.TALK || this == BASKETBALL;
  }

  /** Which placeholders its lines may have, beside those that every line may. */
  Set<String> slots() {
    return genre == Genre.GAME ? Scene.GAME_SLOTS : aboutNba() ? Scene.TEAM_SLOTS : Set.of();
  }

  static List<Topic> of(Genre genre) {
    return Arrays.stream(values()).filter(topic -> topic.genre == genre).toList();
  }

  /** A file of topics. */
  enum Genre {
    /** Moments of a game. */
    GAME("game"),
    /** About the NBA, but no moment of a game. */
    TALK("talk"),
    /** Not about the NBA. */
    LIFE("life"),
    /** Answers. */
    REPLY("replies");

    private final String file;

    Genre(String file) {
      this.file = file;
    }

    String file() {
      return file;
    }
  }
}
