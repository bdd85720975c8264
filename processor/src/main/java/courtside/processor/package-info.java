/** Process 2, the processor: frames become posts, posts become feeds. */
@NullMarked
package courtside.processor;

import org.jspecify.annotations.NullMarked;
