/** What people want of the ingestor. */
@NullMarked
package courtside.ingestor.control;

import org.jspecify.annotations.NullMarked;
