/** Which of several relays is read: when to leave one, and when to come back. */
@NullMarked
package courtside.ingestor.choice;

import org.jspecify.annotations.NullMarked;
