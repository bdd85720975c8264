/**
 * What a relay can do wrong, and when: the faults that the relay commits on cue, the hostile
 * messages among them, and how both are written on a command line.
 */
@NullMarked
package courtside.testkit.relay.fault;

import org.jspecify.annotations.NullMarked;
