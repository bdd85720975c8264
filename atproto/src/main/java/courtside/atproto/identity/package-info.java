/** Who an account is: what its DID document says, once somebody has fetched it. */
@NullMarked
package courtside.atproto.identity;

import org.jspecify.annotations.NullMarked;
