/** Keys that sign commits and tokens: parse, print, sign, verify. Raw signatures of 64 bytes. */
@NullMarked
package courtside.atproto.key;

import org.jspecify.annotations.NullMarked;
