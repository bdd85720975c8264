/** What each service says about itself. */
@NullMarked
package courtside.eventlog.status;

import org.jspecify.annotations.NullMarked;
