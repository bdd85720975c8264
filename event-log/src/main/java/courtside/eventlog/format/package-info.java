/** How records become bytes: CBOR by Jackson, one format for every topic. */
@NullMarked
package courtside.eventlog.format;

import org.jspecify.annotations.NullMarked;
