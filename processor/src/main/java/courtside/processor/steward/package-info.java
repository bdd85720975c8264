/** Who decides what is served: one steward at a time, from what definitions and progress say. */
@NullMarked
package courtside.processor.steward;

import org.jspecify.annotations.NullMarked;
