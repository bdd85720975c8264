/** How many records a second the stages take, beside applications that do next to nothing. */
@NullMarked
package courtside.processor.throughput;

import org.jspecify.annotations.NullMarked;
