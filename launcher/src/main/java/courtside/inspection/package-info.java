/**
 * What people look at one by one, frames and dead letters: found in the log, decoded, put in words.
 */
@NullMarked
package courtside.inspection;

import org.jspecify.annotations.NullMarked;
