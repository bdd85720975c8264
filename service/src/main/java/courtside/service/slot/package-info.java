/** Which of several instances of a service this process is, over restarts. */
@NullMarked
package courtside.service.slot;

import org.jspecify.annotations.NullMarked;
