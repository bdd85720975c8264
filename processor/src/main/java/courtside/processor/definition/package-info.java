/**
 * Feeds as people write them: YAML files, checked with their own examples, and the version that a
 * definition's content has.
 */
@NullMarked
package courtside.processor.definition;

import org.jspecify.annotations.NullMarked;
