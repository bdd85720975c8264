/**
 * What is really in the log, read as any consumer would, and compared with what should be there.
 */
@NullMarked
package courtside.testkit.oracle;

import org.jspecify.annotations.NullMarked;
