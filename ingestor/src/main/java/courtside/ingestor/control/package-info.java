/** What people want of the ingestor, and which losses nobody has acknowledged yet. */
@NullMarked
package courtside.ingestor.control;

import org.jspecify.annotations.NullMarked;
