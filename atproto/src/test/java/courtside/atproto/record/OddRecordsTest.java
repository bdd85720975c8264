package courtside.atproto.record;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Nsid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records that servers accept although the lexicon does not. */
final class OddRecordsTest {

  @Test
  void nothingButTheTypeKeepsARecordFromBeingRead() {
    AtomicInteger read = new AtomicInteger();
    for (Map<String, ?> record : Samples.records()) {
      Samples.forEachOddity(
          record,
          odd -> {
            Nsid collection = new Nsid(Objects.toString(record.get("$type")));
            Bytes bytes = Bytes.of(DagCborWriter.write(odd));
            try {
              RecordValue value = RecordValue.read(collection, bytes);
              assertThat(odd.get("$type")).isEqualTo(value.type());
              assertThat(value.bytes()).isEqualTo(bytes);
              if (value instanceof Post post) {
                assertThat(post.summary().text()).isEqualTo(post.text());
                assertThat(post.brokenLimits().size()).isLessThan(5);
              }
              read.incrementAndGet();
            } catch (MalformedDataException e) {
              assertThat(e.kind()).isEqualTo(Kind.WRONG_TYPE);
              assertThat(odd.get("$type")).isNotEqualTo(record.get("$type"));
            }
          });
    }
    assertThat(read.get()).isGreaterThan(3_000);
  }

  @Test
  void oneFieldChangesNoOther() throws MalformedDataException {
    for (Map<String, ?> record : Samples.records()) {
      Map<String, Object> whole = render(record);
      assertThat(whole).containsKeys(record.keySet().toArray(String[]::new));
      Samples.forEachOddity(
          record,
          odd -> {
            if (Objects.equals(odd.get("$type"), record.get("$type"))) {
              Set<String> same = same(record, odd);
              Map<String, Object> rendered = renderOdd(odd);
              rendered.keySet().retainAll(same);
              Map<String, Object> expected = new HashMap<>(whole);
              expected.keySet().retainAll(same);
              assertThat(rendered).as("%s", odd).isEqualTo(expected);
            }
          });
    }
  }

  private static Set<String> same(Map<String, ?> record, Map<String, @Nullable Object> odd) {
    Set<String> same = new HashSet<>(record.keySet());
    same.removeIf(field -> !Objects.equals(record.get(field), odd.get(field)));
    // One field at a time is made odd.
    assertThat(same.size()).isBetween(record.size() - 1, record.size());
    return same;
  }

  private static Map<String, Object> renderOdd(Map<String, ?> record) {
    try {
      return render(record);
    } catch (MalformedDataException e) {
      throw new AssertionError("refused: " + record, e);
    }
  }

  private static Map<String, Object> render(Map<String, ?> record) throws MalformedDataException {
    return Rendering.of(
        RecordValue.read(
            new Nsid(Objects.toString(record.get("$type"))),
            Bytes.of(DagCborWriter.write(record))));
  }
}
