/** What of the disk cannot be cut by bytes, and whether there is room for it. */
@NullMarked
package courtside.processor.reserve;

import org.jspecify.annotations.NullMarked;
