/** How fast the hot paths are, by JMH over the bundled recording. Compiled always, run by hand. */
@NullMarked
package courtside.benchmarks;

import org.jspecify.annotations.NullMarked;
