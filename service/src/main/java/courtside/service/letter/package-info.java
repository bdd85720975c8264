/** How much a service keeps of what it cannot use. */
@NullMarked
package courtside.service.letter;

import org.jspecify.annotations.NullMarked;
