/** What the demo has in place of the network. */
@NullMarked
package courtside.demo;

import org.jspecify.annotations.NullMarked;
