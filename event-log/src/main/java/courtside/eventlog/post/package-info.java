/** The topic of extract: what happened to posts and to their authors' accounts. */
@NullMarked
package courtside.eventlog.post;

import org.jspecify.annotations.NullMarked;
