/** Records as feeds need them. */
@NullMarked
package courtside.atproto.record;

import org.jspecify.annotations.NullMarked;
