/**
 * What viewers have seen: a store of this replica's own, filled from what they reported. Hiding it
 * is a courtesy: whatever goes wrong here, nothing counts as seen, and nothing else fails.
 */
@NullMarked
package courtside.feedapi.seen;

import org.jspecify.annotations.NullMarked;
