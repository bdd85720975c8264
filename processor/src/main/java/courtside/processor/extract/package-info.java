/** From frames to posts: what of a frame concerns posts, checked and kept byte for byte. */
@NullMarked
package courtside.processor.extract;

import org.jspecify.annotations.NullMarked;
