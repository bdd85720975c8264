/** Which part of the house may know which. */
@NullMarked
package courtside.house;

import org.jspecify.annotations.NullMarked;
