/** Identifiers: parse, print, compare. Invalid text cannot become one of these types. */
@NullMarked
package courtside.atproto.syntax;

import org.jspecify.annotations.NullMarked;
