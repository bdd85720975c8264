package courtside.eventlog.format;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one record type: a CBOR map of its components, in their order, by name. Absent
 * components are left out, unknown ones are passed over, so that an optional component can be added
 * but none renamed. Instants are milliseconds since 1970, durations are milliseconds. Thread-safe.
 */
public final class Format<T> {
  private static final CBORMapper MAPPER =
      CBORMapper.builder()
          .addModule(new TimeModule())
          .addModule(new Jdk8Module())
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Class<T> type;

  private Format(Class<T> type) {
    this.type = type;
  }

  /** The format of a record type, or of a sealed interface that names its types. */
  public static <T> Format<T> of(Class<T> type) {
    return new Format<>(type);
  }

  /** The bytes of a value. */
  public byte[] encode(T value) {
    try {
      return MAPPER.writerFor(type).writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot encode a " + type.getSimpleName(), e);
    }
  }

  /**
   * The value of these bytes.
   *
   * @throws SerializationException if they are not of this type; the message quotes nothing
   */
  public T decode(byte[] bytes) {
    try {
      T value = MAPPER.readerFor(type).readValue(bytes);
      if (value == null) {
        throw new SerializationException("expected a " + type.getSimpleName() + ", found null");
      }
      return value;
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      throw new SerializationException(
          "expected a " + type.getSimpleName() + " in " + bytes.length + " bytes of CBOR", e);
    }
  }

  /** For Kafka; a null value is a tombstone both ways. */
  public Serde<T> serde() {
    return new FormatSerde<>(this);
  }

  private record FormatSerde<T>(Format<T> format) implements Serde<T> {
    @Override
    public Serializer<T> serializer() {
      return (topic, value) -> value == null ? null : format.encode(value);
    }

    @Override
    public Deserializer<T> deserializer() {
      return new Deserializer<>() {
        @Override
        public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
          return bytes == null ? null : format.decode(bytes);
        }
      };
    }
  }
}
