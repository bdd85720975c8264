/** Checks feeds as files: mistakes, versions, and the one that ships. */
@NullMarked
package courtside.processor.definition;

import org.jspecify.annotations.NullMarked;
