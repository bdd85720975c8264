package courtside.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A password goes to the server that the account itself names. */
@Timeout(60)
final class LoginServerTest {
  private AccountServer network;

  @BeforeEach
  void start() throws IOException {
    network = new AccountServer();
  }

  @AfterEach
  void stop() {
    network.close();
  }

  private LoginServer of(String identifier) throws InterruptedException {
    return LoginServer.of(identifier, network.address(), network.address());
  }

  @Test
  void isTheOneThatTheAccountNames() throws InterruptedException {
    for (String identifier :
        new String[] {
          AccountServer.HANDLE, AccountServer.HANDLE.toUpperCase(Locale.ROOT), AccountServer.DID
        }) {
      LoginServer found = of(identifier);
      assertThat(found.address()).isEqualTo(network.address());
      assertThat(found.doubt()).isEmpty();
    }
  }

  @Test
  void isTheUsualOneAndSaysWhyWhereNobodyKnowsTheHandle() throws InterruptedException {
    assertDoubt(of("nobody.example.com"), "does not say whose nobody.example.com is: HTTP 400");
    assertDoubt(of("owner@example.com"), "expected a handle or a DID, found 'owner@example.com'");
    assertDoubt(
        LoginServer.of(AccountServer.HANDLE, URI.create("http://example.com"), network.address()),
        "expected an address that begins with https://");
    assertDoubt(of("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"), "expected the document of did:plc:aaaa");
  }

  @Test
  void isTheUsualOneAndSaysWhyWhereTheAccountHasAnotherHandle() throws InterruptedException {
    network.claim("other.example.com");
    assertDoubt(of(AccountServer.HANDLE), "has the handle other.example.com");
    assertThat(of(AccountServer.DID).doubt()).isEmpty();
  }

  @Test
  void isTheUsualOneAndSaysWhyWhereTheDocumentNamesNone() throws InterruptedException {
    network.leaveHome();
    assertDoubt(of(AccountServer.HANDLE), "names no server");
  }

  private static void assertDoubt(LoginServer found, String why) {
    assertThat(found.address()).isEqualTo(LoginServer.DEFAULT);
    assertThat(found.doubt()).hasValueSatisfying(said -> assertThat(said).contains(why));
  }
}
