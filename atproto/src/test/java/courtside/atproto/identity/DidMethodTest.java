package courtside.atproto.identity;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.MalformedDataException;
import courtside.atproto.SharedFiles;
import courtside.atproto.syntax.Did;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DidMethodTest {
  @Test
  void knowsThePlcDirectorys() {
    Did did = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    assertThat(DidMethod.of(did)).isEqualTo(new DidMethod.Plc(did));
  }

  @ParameterizedTest
  @CsvSource({
    "did:web:feed.example, feed.example, false",
    "did:web:a-b.1.Example.com, a-b.1.Example.com, false",
    "did:web:localhost, localhost, true",
    "did:web:localhost%3A2583, localhost:2583, true",
    "did:web:localhost%3a65535, localhost:65535, true",
    "did:web:localhost.example, localhost.example, false"
  })
  void knowsHosts(String text, String authority, boolean local) {
    Did did = new Did(text);
    DidMethod.Web web = new DidMethod.Web(did, authority);
    assertThat(DidMethod.of(did)).isEqualTo(web);
    assertThat(web.isLocal()).isEqualTo(local);
    assertThat(URI.create("https://" + authority + "/.well-known/did.json").getAuthority())
        .isEqualTo(authority);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "did:plc:ewvi7nxzyoun6zhxrhs64oi",
        "did:plc:ewvi7nxzyoun6zhxrhs64oizz",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi1",
        "did:plc:EWVI7nxzyoun6zhxrhs64oiz",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi.",
        "did:plc:..%2F..%2Fexport",
        "did:web:example",
        "did:web:example.com:user",
        "did:web:example.com%3A8080",
        "did:web:example.com%2Fpath",
        "did:web:user%40example.com",
        "did:web:-a.example",
        "did:web:a-.example",
        "did:web:a..example",
        "did:web:.example.com",
        "did:web:a_b.example",
        "did:web:127.0.0.1",
        "did:web:0x7f.1",
        "did:web:%5B%3A%3A1%5D",
        "did:web:localhost%3A0",
        "did:web:localhost%3A080",
        "did:web:localhost%3A65536",
        "did:web:localhost%3A999999",
        "did:web:localhost%3Ax",
        "did:web:localhost%3A80%3A80",
        "did:web:localhost:80",
        "did:web:LOCALHOST",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:example:iss",
        "did:weba:feed.example",
        "did:plcc:ewvi7nxzyoun6zhxrhs64oiz"
      })
  void takesNoOther(String text) {
    assertThat(DidMethod.of(new Did(text)))
        .isInstanceOfSatisfying(
            DidMethod.Unsupported.class,
            unsupported -> {
              assertThat(unsupported.did().value()).isEqualTo(text);
              assertThat(unsupported.reason()).startsWith("expected ").hasSizeLessThan(160);
            });
  }

  @Test
  void longNamesAreLookedAtQuickly() {
    assertThat(DidMethod.of(new Did("did:web:" + "a.".repeat(1000) + "a")))
        .isInstanceOf(DidMethod.Unsupported.class);
    assertThat(DidMethod.of(new Did("did:web:" + "a".repeat(64) + ".example")))
        .isInstanceOf(DidMethod.Unsupported.class);
    String longest = ("a".repeat(49) + ".").repeat(5) + "abc";
    assertThat(longest).hasSize(253);
    assertThat(DidMethod.of(new Did("did:web:" + longest))).isInstanceOf(DidMethod.Web.class);
    assertThat(DidMethod.of(new Did("did:web:" + longest + "d")))
        .isInstanceOf(DidMethod.Unsupported.class);
  }

  @Test
  void everyValidDidHasAnAnswer() throws IOException, MalformedDataException {
    for (String text : SharedFiles.cases("did_syntax_valid.txt")) {
      assertThat(DidMethod.of(Did.parse(text))).as(text).isNotNull();
    }
  }
}
