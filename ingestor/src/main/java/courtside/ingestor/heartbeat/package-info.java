/**
 * Whether a stream is alive, judged by when its last message came. Pure state machines on monotonic
 * time, with no thread, socket, clock or logging inside, and nothing of the project: take the
 * package for any client that must notice silence on a connection that stays open.
 *
 * <h2>Vocabulary</h2>
 *
 * <ul>
 *   <li>A <em>beat</em> is one whole message. Pings and pongs are no beats: a peer that answers
 *       them may have stopped sending long ago.
 *   <li>A <em>check</em> is one look of the watcher. The watcher is whoever owns the monitor; it
 *       asks when to look next and sleeps until then.
 *   <li><em>Silence</em> is the time since the last beat. Past three quarters of the timeout the
 *       stream <em>may be stalling</em>; past the timeout a check counts a <em>timeout</em>; past
 *       one and a half times the timeout it is <em>severely delayed</em>.
 *   <li>A <em>late beat</em> comes after more silence than the timeout. It is told, and the count
 *       of consecutive timeouts begins anew.
 *   <li><em>Dead</em> is the verdict to act upon: abort the connection and make another.
 * </ul>
 *
 * <h2>The two modes</h2>
 *
 * <p>{@code PERIODIC} looks every check period, and finds the stream dead at the greatest number of
 * consecutive timeouts or when it is severely delayed. With a timeout of 20 s, a period of 10 s and
 * two timeouts, the first check that finds a timeout sees a silence in (20, 30] s and the next one
 * in (30, 40] s, which is both the second timeout and a severe delay. So silence is detected after
 * 30 s to 40 s: at most 2.0 times the timeout. In general it is at most the timeout and two
 * periods, where two timeouts are the maximum and the period is no more than half of the timeout.
 *
 * <p>{@code DEADLINE} looks when the timeout is due, and needs one timeout only: silence is
 * detected after 20 s and however late the watcher's timer is. A timer that is at most 1 s late
 * gives 1.05 times the timeout. It also looks every quarter of the timeout, or every check period
 * if that is shorter, for the sake of the next paragraph.
 *
 * <h2>When the watcher itself slept</h2>
 *
 * <p>A process that was stopped, or a machine that was suspended, wakes to a long silence that is
 * not the stream's. So where a check comes more than two periods after the one before, and the
 * stream seems silent, one more period is granted before a verdict: what waits in the socket can be
 * read in it. This is decided from the times of the checks alone, and for each sleep: there is no
 * verdict before the watcher was awake for a period. A watcher must therefore look when it is asked
 * to; one that always comes more than two periods late never gets a verdict. A sleep of two periods
 * or less is not told from the stream's silence, and can matter only where the stream paused for
 * the rest of the timeout.
 *
 * <h2>Messages that take long</h2>
 *
 * <p>A message of 5 MB over a slow line is not silence, though no message ends. {@link
 * courtside.ingestor.heartbeat.MessageProgress} turns the bytes of an unfinished message into the
 * time until which they hold off the verdict. A message that drips buys next to nothing, and none
 * holds the verdict off for ever.
 */
@NullMarked
package courtside.ingestor.heartbeat;

import org.jspecify.annotations.NullMarked;
