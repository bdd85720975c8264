/** Processors in processes of their own, which may be killed and frozen. */
@NullMarked
package courtside.processor.process;

import org.jspecify.annotations.NullMarked;
