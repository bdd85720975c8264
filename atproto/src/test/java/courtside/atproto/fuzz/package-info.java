/** Every parser, against bytes that nobody wrote. */
@NullMarked
package courtside.atproto.fuzz;

import org.jspecify.annotations.NullMarked;
