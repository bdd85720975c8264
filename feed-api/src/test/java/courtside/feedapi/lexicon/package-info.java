/** Whether answers are what the published lexicons say. */
@NullMarked
package courtside.feedapi.lexicon;

import org.jspecify.annotations.NullMarked;
