/**
 * What two processes must agree on byte for byte, and nothing else: topics, headers, formats.
 * Whatever is private to one process stays there.
 */
@NullMarked
package courtside.eventlog;

import org.jspecify.annotations.NullMarked;
