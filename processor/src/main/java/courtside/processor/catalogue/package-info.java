/** Every feed that there is: what {@code feed.definitions} says, as one picture. */
@NullMarked
package courtside.processor.catalogue;

import org.jspecify.annotations.NullMarked;
