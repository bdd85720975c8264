/** Applying definitions: what is new of them becomes one set, with an id of its own. */
@NullMarked
package courtside.processor.apply;

import org.jspecify.annotations.NullMarked;
