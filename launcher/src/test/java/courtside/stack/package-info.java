/** The stack of containers, as Docker runs it. */
@NullMarked
package courtside.stack;

import org.jspecify.annotations.NullMarked;
