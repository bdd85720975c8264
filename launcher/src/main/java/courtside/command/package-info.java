/** What people type: the command line. */
@NullMarked
package courtside.command;

import org.jspecify.annotations.NullMarked;
