/** Reading small topics whole, and following them. */
@NullMarked
package courtside.processor.log;

import org.jspecify.annotations.NullMarked;
