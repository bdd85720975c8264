/** Tests of the page for people, also in a real browser. */
@NullMarked
package courtside.feedapi.page;

import org.jspecify.annotations.NullMarked;
