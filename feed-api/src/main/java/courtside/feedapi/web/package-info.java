/** The HTTP server, and its bounds on everything that a client controls. */
@NullMarked
package courtside.feedapi.web;

import org.jspecify.annotations.NullMarked;
