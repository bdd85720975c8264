/** Tokens by which services speak to each other for an account. */
@NullMarked
package courtside.atproto.token;

import org.jspecify.annotations.NullMarked;
