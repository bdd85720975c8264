/** What people see in the terminal while it runs. */
@NullMarked
package courtside.screen;

import org.jspecify.annotations.NullMarked;
