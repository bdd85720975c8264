/** What the processor counts. */
@NullMarked
package courtside.processor.metrics;

import org.jspecify.annotations.NullMarked;
