/**
 * How fast the feed API answers, beside a handler that does nothing and a server as many are built.
 */
@NullMarked
package courtside.benchmarks.serving;

import org.jspecify.annotations.NullMarked;
