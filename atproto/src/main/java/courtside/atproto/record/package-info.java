/** Records: what accounts write into their repositories, as the lexicons of the network say. */
@NullMarked
package courtside.atproto.record;

import org.jspecify.annotations.NullMarked;
