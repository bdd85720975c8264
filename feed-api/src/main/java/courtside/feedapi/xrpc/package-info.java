/** XRPC over HTTP: which method is asked for, with what, and how answers and errors are said. */
@NullMarked
package courtside.feedapi.xrpc;

import org.jspecify.annotations.NullMarked;
