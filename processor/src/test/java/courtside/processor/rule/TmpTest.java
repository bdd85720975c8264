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
}
