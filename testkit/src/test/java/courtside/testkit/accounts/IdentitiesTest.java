package courtside.testkit.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.syntax.Did;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class IdentitiesTest {
  private static final int VOICES = 200;

  @Test
  void everyDidAndKeyCanBeMadeAgain() {
    Identities identities = new Identities(7, 3);
    Identities again = new Identities(7, 3);
    assertThat(again.did(12)).isEqualTo(identities.did(12));
    assertThat(again.handle(12)).isEqualTo(identities.handle(12));
    assertThat(again.key(12, 1).verifyingKey()).isEqualTo(identities.key(12, 1).verifyingKey());

    // Also by a later version: frames outlive the program that wrote them.
    assertThat(identities.did(12)).hasToString("did:plc:s6t6ze4e75ft4s67s2vrt2xh");
    assertThat(identities.key(12, 1).verifyingKey().didKey())
        .isEqualTo("did:key:zQ3shkfmRdYaZhPfhu8qoUAAQ3ER6MhcXPjxxCSpsDyPhQhT3");
    assertThat(identities.key(19, 0).verifyingKey().didKey())
        .isEqualTo("did:key:zDnaeeVs2nv4HTRYmTkVDjpNJduiHe3krWqaSwQuyzFZBqWnY");
  }

  @Test
  void noTwoAreTheSame() {
    Set<Did> dids = new HashSet<>();
    Set<String> handles = new HashSet<>();
    Set<String> keys = new HashSet<>();
    int made = 0;
    for (Identities identities :
        new Identities[] {new Identities(1, 1), new Identities(1, 2), new Identities(2, 1)}) {
      for (int voice = 0; voice < VOICES; voice++) {
        dids.add(identities.did(voice));
        for (int generation = 0; generation < 2; generation++) {
          keys.add(identities.key(voice, generation).verifyingKey().didKey());
          made++;
        }
      }
    }
    for (int voice = 0; voice < VOICES; voice++) {
      handles.add(new Identities(1, 1).handle(voice).value());
      handles.add(new Identities(1, 2).handle(voice).value());
    }
    assertThat(keys).hasSize(made);
    assertThat(dids).hasSize(made / 2).allMatch(did -> did.value().matches("did:plc:[a-z2-7]{24}"));
    assertThat(handles).hasSize(2 * VOICES);
  }

  @Test
  void oneAccountInTenHasAnotherCurveAndKeepsIt() {
    Identities identities = new Identities(1, 1);
    int other = 0;
    for (int voice = 0; voice < VOICES; voice++) {
      SigningKey first = identities.key(voice, 0);
      assertThat(identities.key(voice, 1).curve()).isEqualTo(first.curve());
      other += first.curve() == Curve.P256 ? 1 : 0;
    }
    assertThat(other).isEqualTo(VOICES / 10);
  }
}
