/** Tests of what people look at one by one. */
@NullMarked
package courtside.inspection;

import org.jspecify.annotations.NullMarked;
