/**
 * Process 3: answers for the feeds over HTTP, from a store of its own that the log fills. Packages
 * depend one way: the process on the page, the page on the skeleton, the skeleton on the store.
 */
@NullMarked
package courtside.feedapi;

import org.jspecify.annotations.NullMarked;
