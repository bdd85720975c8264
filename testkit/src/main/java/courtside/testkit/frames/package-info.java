/** Frames as they are needed: right or wrong on purpose, one by one or by the thousand. */
@NullMarked
package courtside.testkit.frames;

import org.jspecify.annotations.NullMarked;
