/** What a service says about itself: over HTTP, as metrics, and on the topic service.status. */
@NullMarked
package courtside.service.health;

import org.jspecify.annotations.NullMarked;
