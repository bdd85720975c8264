/** Which of several ingestors writes. */
@NullMarked
package courtside.ingestor.owner;

import org.jspecify.annotations.NullMarked;
