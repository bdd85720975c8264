package courtside.feedapi.page;

import java.time.InstantSource;

/** What the small topics say, as the page shows it. Thread-safe. */
record Boards(
    StatusBoard services, BeatHistory beats, IncidentBoard incidents, ReplayBoard replays) {
  Boards(InstantSource clock) {
    this(new StatusBoard(), new BeatHistory(clock), new IncidentBoard(), new ReplayBoard());
  }

  /** Before everything is read again. */
  void clear() {
    services.clear();
    beats.clear();
    incidents.clear();
    replays.clear();
  }
}
