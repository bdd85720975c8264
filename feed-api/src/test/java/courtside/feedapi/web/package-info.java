/** The HTTP server against clients that behave badly. */
@NullMarked
package courtside.feedapi.web;

import org.jspecify.annotations.NullMarked;
