/** The page for people: what it is made of, and the events that keep it true. */
@NullMarked
package courtside.feedapi.page;

import org.jspecify.annotations.NullMarked;
