/**
 * The wire formats of the AT Protocol, for anyone: no Kafka, no threads, no clock, no I/O. Decoders
 * throw {@link courtside.atproto.MalformedDataException} and nothing else.
 */
@NullMarked
package courtside.atproto;

import org.jspecify.annotations.NullMarked;
