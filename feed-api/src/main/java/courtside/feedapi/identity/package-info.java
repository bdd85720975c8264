/**
 * The signing keys of accounts: documents fetched from places that strangers name, without being
 * led astray by them, and kept for as long as they are good. Knows nothing of tokens.
 */
@NullMarked
package courtside.feedapi.identity;

import org.jspecify.annotations.NullMarked;
