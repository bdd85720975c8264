/** Dead letters of this process: about records that stand in full elsewhere. */
@NullMarked
package courtside.processor.letter;

import org.jspecify.annotations.NullMarked;
