/** DAG-CBOR: a strict reader over bytes, and a canonical writer. */
@NullMarked
package courtside.atproto.cbor;

import org.jspecify.annotations.NullMarked;
