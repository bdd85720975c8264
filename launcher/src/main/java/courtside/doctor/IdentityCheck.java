package courtside.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/** Whether everybody who names the service's DID names the same. */
final class IdentityCheck implements Check {
  private final Examination examination;

  IdentityCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "identity";
  }

  @Override
  public List<Finding> look(Chart chart) {
    SequencedMap<String, String> named = chart.services();
    if (named.size() < 2) {
      return List.of(Finding.skipped(name(), HostCheck.obstacle(examination)));
    }
    String expected = named.firstEntry().getValue();
    List<String> others = new ArrayList<>();
    named.forEach((whose, did) -> {
      if (!did.equals(expected)) {
        others.add("'" + did + "' in " + whose);
      }
    });
    if (others.isEmpty()) {
      return List.of(
          Finding.ok(
              name(), "it is " + expected + " in " + String.join(", ", named.sequencedKeySet())));
    }
    return List.of(
        Finding.wrong(
            name(),
            "expected the service to be "
                + expected
                + " everywhere, found "
                + String.join(", ", others),
            "set COURTSIDE_FEED_API_HOSTNAME and COURTSIDE_FEED_API_SERVICE_DID alike for the feed"
                + " API and here; where a record is wrong, courtside publish FILE"));
  }
}
