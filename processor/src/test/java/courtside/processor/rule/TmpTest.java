package courtside.processor.rule;

import courtside.processor.definition.DefinitionFile;
import java.nio.file.Path;
import java.util.*;
import org.junit.jupiter.api.Test;

final class TmpTest {
  @Test
  void t() throws Exception {
    DefinitionFile nba = DefinitionFile.read(Path.of(System.getProperty("courtside.root", ".."), "feeds", "nba-now.yaml"));
    var q = Matcher.query(nba.version(), nba.toDefinition("", false));
    List<Literal> all = List.copyOf(Literals.of(q).orElseThrow());
    System.out.println("TMP literals " + all.size());
    Map<Field, List<Literal>> by = new EnumMap<>(Field.class);
    for (Literal l : all) by.computeIfAbsent(l.field(), _ -> new ArrayList<>()).add(l);
    Map<Literal, Integer> n = new HashMap<>();
    Matcher m = Matcher.of(Map.of(nba.version(), nba.toDefinition("", false)));
    int posts = 0, pass = 0;
    for (Candidate c : RecordedPosts.bundled()) {
      if (!m.match(c).versions().isEmpty()) continue;
      posts++;
      boolean p = false;
      for (var e : by.entrySet()) {
        Needles needles = new Needles(e.getValue());
        Haystack h = new Haystack();
        Set<Integer> f = new HashSet<>();
        for (String v : PostValues.of(c, e.getKey())) { h.fill(e.getKey(), v); needles.find(h, f::add); }
        for (int i : f) n.merge(e.getValue().get(i), 1, Integer::sum);
        p |= !f.isEmpty();
      }
      if (p) pass++;
      if (posts == 300) break;
    }
    System.out.println("TMP " + posts + " " + pass + " " + n.entrySet().stream().sorted(Map.Entry.<Literal,Integer>comparingByValue().reversed()).limit(60).map(x -> x.getKey().field() + ":" + x.getKey().text() + "=" + x.getValue()).toList());
  }

  @Test
  void prof() throws Exception {
    DefinitionFile nba = DefinitionFile.read(Path.of(System.getProperty("courtside.root", ".."), "feeds", "nba-now.yaml"));
    var q = Matcher.query(nba.version(), nba.toDefinition("", false));
    Prepared p = Prepared.of(q);
    Set<Field> fields = Field.of(q);
    System.out.println("TMP fields " + fields);
    List<Candidate> posts = RecordedPosts.bundled();
    for (int r = 0; r < 30; r++) {
      long a = System.nanoTime();
      List<IndexedPost> ix = new ArrayList<>();
      for (Candidate c : posts) ix.add(IndexedPost.of(c, fields));
      long b = System.nanoTime();
      for (IndexedPost i : ix) for (Field f : fields) i.words(f.fieldName());
      long c0 = System.nanoTime();
      int n = 0;
      for (IndexedPost i : ix) n += p.matches(i) ? 1 : 0;
      long d = System.nanoTime();
      if (r == 29) System.out.printf("TMP index %.1f words %.1f match %.1f us %d%n", (b - a) / 1e3 / posts.size(), (c0 - b) / 1e3 / posts.size(), (d - c0) / 1e3 / posts.size(), n);
    }
  }
}
