package courtside.eventlog.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** Instants and durations as whole milliseconds. */
final class TimeModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  TimeModule() {
    addSerializer(
        new StdSerializer<>(Instant.class) {
          private static final long serialVersionUID = 1L;

          @Override
          public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            out.writeNumber(value.toEpochMilli());
          }
        });
    addSerializer(
        new StdSerializer<>(Duration.class) {
          private static final long serialVersionUID = 1L;

          @Override
          public void serialize(Duration value, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            out.writeNumber(value.toMillis());
          }
        });
    addDeserializer(
        Instant.class,
        new StdDeserializer<>(Instant.class) {
          private static final long serialVersionUID = 1L;

          @Override
          public Instant deserialize(JsonParser in, DeserializationContext context)
              throws IOException {
            return Instant.ofEpochMilli(in.getLongValue());
          }
        });
    addDeserializer(
        Duration.class,
        new StdDeserializer<>(Duration.class) {
          private static final long serialVersionUID = 1L;

          @Override
          public Duration deserialize(JsonParser in, DeserializationContext context)
              throws IOException {
            return Duration.ofMillis(in.getLongValue());
          }
        });
  }
}
