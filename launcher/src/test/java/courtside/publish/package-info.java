/** Stand-ins for the servers that a feed is published with. */
@NullMarked
package courtside.publish;

import org.jspecify.annotations.NullMarked;
