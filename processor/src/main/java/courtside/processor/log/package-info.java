/** Reading small topics whole, and following them; how large partitions are. */
@NullMarked
package courtside.processor.log;

import org.jspecify.annotations.NullMarked;
