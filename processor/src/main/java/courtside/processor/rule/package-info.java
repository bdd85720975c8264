/**
 * Rules: what a feed's text about posts means, and which feeds a post belongs to. Knows Lucene, and
 * neither Kafka nor files.
 */
@NullMarked
package courtside.processor.rule;

import org.jspecify.annotations.NullMarked;
