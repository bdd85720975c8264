/** Input that was deleted before a stage had read it: said in the log. */
@NullMarked
package courtside.processor.incident;

import org.jspecify.annotations.NullMarked;
