/** What lies between an ingestor and a relay: names, addresses, and certificates. */
@NullMarked
package courtside.ingestor.reach;

import org.jspecify.annotations.NullMarked;
