/** Checks rules and the matching of many feeds at once. */
@NullMarked
package courtside.processor.rule;

import org.jspecify.annotations.NullMarked;
