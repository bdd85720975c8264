/**
 * Lives of a few accounts, made up to be as hard as they come, as the frames of a firehose; and
 * what feeds have to hold of them, said without any part of the pipeline.
 */
@NullMarked
package courtside.testkit.history;

import org.jspecify.annotations.NullMarked;
