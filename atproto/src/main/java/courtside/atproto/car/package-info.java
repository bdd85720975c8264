/** CAR version 1 archives, as they travel inside commits. */
@NullMarked
package courtside.atproto.car;

import org.jspecify.annotations.NullMarked;
