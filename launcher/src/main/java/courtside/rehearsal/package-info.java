/** A life of the services that is lived for their next start to be quicker. */
@NullMarked
package courtside.rehearsal;

import org.jspecify.annotations.NullMarked;
