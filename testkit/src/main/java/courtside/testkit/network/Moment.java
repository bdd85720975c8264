package courtside.testkit.network;

/** Something in a game that people speak about. Immutable. */
record Moment(Topic topic, Scene scene) {}
