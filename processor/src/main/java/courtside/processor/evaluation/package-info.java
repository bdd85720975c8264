/**
 * How well a definition does what it is meant to: posts that people have judged, and what it says
 * of them.
 */
@NullMarked
package courtside.processor.evaluation;

import org.jspecify.annotations.NullMarked;
