package courtside.atproto.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.cid.Cid;
import courtside.atproto.json.DataModelJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every DAG-CBOR block of the IPLD codec fixtures. All of them are canonical; a fixture that is not
 * listed here is read, written again to the same bytes, and named by its CID.
 */
final class CodecFixturesTest {
  /** The data model has no floats. The fixture of special ones, which has none, is read. */
  private static final Set<String> FLOATS =
      Set.of(
          "float--0.5",
          "float--0.9999999999999999",
          "float--1.1",
          "float--1e-323",
          "float--8.940696716308594e-8",
          "float-0.5",
          "float-0.9999999999999999",
          "float-1.1",
          "float-1.1111111111111112",
          "float-1e-323",
          "float-8.940696716308594e-8",
          "float-82497.63712086187",
          "garbage-02",
          "garbage-03",
          "garbage-05",
          "garbage-06",
          "garbage-07",
          "garbage-09",
          "garbage-11",
          "garbage-14",
          "garbage-15",
          "garbage-16",
          "garbage-17",
          "garbage-18",
          "garbage-19",
          "garbage-20",
          "garbage-22",
          "garbage-24");

  /** Integers of the data model are signed, of 64 bits. */
  private static final Set<String> BEYOND_64_BITS =
      Set.of("int--11959030306112471732", "int-11959030306112471731", "int-18446744073709551615");

  /**
   * Valid blocks, as records of others may link to anything, but no links that {@link Cid} holds.
   */
  private static final Set<String> OTHER_LINKS =
      Set.of(
          // Version 0.
          "cid-QmQg1v4o9xdT3Q14wh4S7dxZkDjyZ9ssFzFzyep1YrVJBY",
          "cid-QmRgutAxd8t7oGkSm4wmeuByG6M51wcTso6cubDdQtuEfL",
          "cid-QmXg9Pp2ytZ14xgmQjYEiHjVjMFXzCVVEcRTWJBmLgR39V",
          "dagpb_11unnamedlinks+data",
          "dagpb_1link",
          "dagpb_2link+data",
          "dagpb_4namedlinks+data",
          "dagpb_7unnamedlinks+data",
          // SHA-256 of another codec.
          "cid-bagcqcera73rupyla6bauseyk75rslfys3st25spm75ykhvgusqvv2zfqtucq",
          "cid-zdj7Wd8AMwqnhJGQCbFxBVodGSBG84TM7Hs1rcJuQMwTyfEDS",
          // Another hash of another codec.
          "cid-bagyacvradn6dsgl6sw2jwoh7s3d37hq5wsu7g22wtdwnmaaaaaaaaaaaaaaa",
          "cid-bagyqcvraypzcitp3hsbtyyxhfyc3p7i3226lullm2rkzqsqqlhnxus7tqnea",
          "cid-bahaacvrabdhd3fzrwaambazyivoiustl2bo2c3rgweo2ug4rogcoz2apaqaa",
          "cid-bahaacvrasyauh7rmlyrmyc7qzvktjv7x6q2h6ttvei6qon43tl3riaaaaaaa",
          "cid-z8mWaJ1dZ9fH5EetPuRsj8jj26pXsgpsr",
          "garbage-00",
          "garbage-01",
          // The identity in place of a hash.
          "cid-bafkqabiaaebagba",
          "dagpb_Links_Hash_some",
          "dagpb_Links_Hash_some_Name_some",
          "dagpb_Links_Hash_some_Name_zero",
          "dagpb_Links_Hash_some_Tsize_some",
          "dagpb_Links_Hash_some_Tsize_zero",
          "dagpb_simple_forms_2",
          "dagpb_simple_forms_3",
          "dagpb_simple_forms_4",
          // Several of these.
          "cid-arrayof",
          "cid-mapof");

  @Test
  void readsAllThatIsOfTheDataModelAndSaysWhyNotTheRest()
      throws IOException, MalformedDataException {
    Map<Kind, Set<String>> refused = new HashMap<>();
    int read = 0;
    for (Path block : blocks()) {
      String name = nameOf(block);
      byte[] bytes = Files.readAllBytes(block);
      Cid cid = Cid.ofDagCbor(bytes, 0, bytes.length);
      assertThat(block.getFileName()).as(name).hasToString(cid + ".dag-cbor");
      try {
        DagCborReader.validate(bytes, 0, bytes.length);
        Object value = CborTree.read(bytes);
        assertThat(DagCborWriter.write(value)).as(name).isEqualTo(bytes);
        assertReadsFromItsJson(name, value);
        read++;
      } catch (MalformedDataException e) {
        refused.computeIfAbsent(e.kind(), kind -> new TreeSet<>()).add(name);
      }
    }
    assertThat(refused)
        .isEqualTo(
            Map.of(
                Kind.UNSUPPORTED, FLOATS,
                Kind.TOO_LARGE, BEYOND_64_BITS,
                Kind.BAD_CID, OTHER_LINKS));
    assertThat(read).isEqualTo(69);
  }

  /** Links of other forms are for {@link Cid} to refuse, not for the codec. */
  @Test
  void passesOverLinksOfOtherForms() throws IOException, MalformedDataException {
    int passed = 0;
    for (Path block : blocks()) {
      if (OTHER_LINKS.contains(nameOf(block))) {
        byte[] bytes = Files.readAllBytes(block);
        DagCborReader.validate(bytes, 0, bytes.length);
        passed++;
      }
    }
    assertThat(passed).isEqualTo(OTHER_LINKS.size());
  }

  private static void assertReadsFromItsJson(String name, @Nullable Object value)
      throws MalformedDataException {
    Map<String, @Nullable Object> object = new HashMap<>();
    object.put("value", value);
    assertThat(DataModelJson.read(DataModelJson.write(object))).as(name).isEqualTo(object);
  }

  private static String nameOf(Path block) {
    return block.getName(block.getNameCount() - 2).toString();
  }

  private static List<Path> blocks() throws IOException {
    Path fixtures = SharedFiles.find("vectors/ipld-codec-fixtures/fixtures");
    List<Path> blocks;
    try (Stream<Path> files =
        Files.find(fixtures, 2, (file, attributes) -> file.toString().endsWith(".dag-cbor"))) {
      blocks = files.toList();
    }
    assertThat(blocks).hasSize(128);
    return blocks;
  }
}
