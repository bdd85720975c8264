/** JSON from outside: within bounds, and with one meaning. */
@NullMarked
package courtside.atproto.json;

import org.jspecify.annotations.NullMarked;
