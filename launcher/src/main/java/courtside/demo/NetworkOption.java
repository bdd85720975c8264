package courtside.demo;

import courtside.testkit.relay.LiveProgramme;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Acts a second of the simulated network, such as {@code 3} or {@code 0.5}; {@code 0} for none. */
public final class NetworkOption implements ITypeConverter<Double> {
  private static final Pattern RATE = Pattern.compile("[0-9]{1,7}(\\.[0-9]{1,3})?");

  @Override
  public Double convert(String text) {
    if (RATE.matcher(text).matches()) {
      double rate = Double.parseDouble(text);
      if (rate <= LiveProgramme.MAX_RATE) {
        return rate;
      }
    }
    throw new TypeConversionException(
        "expected acts a second such as 3, at most "
            + LiveProgramme.MAX_RATE
            + ", or 0 for none, found '"
            + text
            + "'");
  }
}
