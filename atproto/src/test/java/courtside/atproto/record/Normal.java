package courtside.atproto.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes equal what is the same to a reader of records: what is empty, or half of what makes sense
 * as a whole only, and what is absent.
 */
final class Normal {
  private static final Set<String> PAIRS = Set.of("index", "aspectRatio");

  private Normal() {}

  static Map<String, Object> of(Map<?, ?> map) {
    Map<String, Object> kept = new TreeMap<>();
    map.forEach((key, value) -> {
      String name = (String) key;
      Object normal = normal(name, value);
      if (normal != null) {
        kept.put(name, normal);
      }
    });
    if ("app.bsky.embed.recordWithMedia".equals(kept.get("$type"))
        && kept.get("record") instanceof Map<?, ?> record
        && record.isEmpty()) {
      kept.remove("record");
    }
    return kept;
  }

  private static @Nullable Object normal(String name, @Nullable Object value) {
    if (value == null || value.equals("") || value.equals(false)) {
      return null;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> normal = of(map);
      boolean nothing =
          (PAIRS.contains(name) && normal.size() < 2)
              || (name.equals("external") && normal.isEmpty())
              || (name.equals("labels") && !normal.containsKey("values"));
      return nothing ? null : normal;
    }
    if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      for (Object item : list) {
        Object normal = item instanceof Map<?, ?> map ? of(map) : item;
        if (normal != null && !(name.equals("values") && normal.equals(Map.of()))) {
          items.add(normal);
        }
      }
      return items.isEmpty() ? null : items;
    }
    return value;
  }
}
