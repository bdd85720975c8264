/** What people want of a service, and which of its losses nobody has acknowledged yet. */
@NullMarked
package courtside.service.control;

import org.jspecify.annotations.NullMarked;
