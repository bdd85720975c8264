/** Content identifiers as the protocol allows them: version 1, two codecs, SHA-256. */
@NullMarked
package courtside.atproto.cid;

import org.jspecify.annotations.NullMarked;
