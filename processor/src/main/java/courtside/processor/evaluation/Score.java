package courtside.processor.evaluation;

/**
 * How posts were judged, counted. Immutable.
 *
 * @param right taken, and belonging
 * @param wrong taken, and not belonging
 * @param missed belonging, and not taken
 * @param rest neither belonging nor taken
 */
public record Score(int right, int wrong, int missed, int rest) {
  /** Of nothing. */
  public static final Score NONE = new Score(0, 0, 0, 0);

  /** With one post more. */
  Score plus(boolean belongs, boolean taken) {
    return new Score(
        right + (belongs && taken ? 1 : 0),
        wrong + (!belongs && taken ? 1 : 0),
        missed + (belongs && !taken ? 1 : 0),
        rest + (!belongs && !taken ? 1 : 0));
  }

  /** How many were judged. */
  public int posts() {
    return right + wrong + missed + rest;
  }

  /** How many belong. */
  public int belonging() {
    return right + missed;
  }

  /** Of what was taken, the part that belongs, from 0 to 1; 1 where nothing was taken. */
  public double precision() {
    return ratio(right, right + wrong);
  }

  /** Of what belongs, the part that was taken, from 0 to 1; 1 where nothing belongs. */
  public double recall() {
    return ratio(right, right + missed);
  }

  private static double ratio(int part, int whole) {
    return whole == 0 ? 1 : (double) part / whole;
  }
}
