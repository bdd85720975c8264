package courtside.demo;

import courtside.testkit.relay.Pace;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code recorded}, {@code max}, or frames a second such as {@code 200}. */
public final class PaceOption implements ITypeConverter<Pace> {
  private static final Pattern RATE = Pattern.compile("[0-9]{1,7}(\\.[0-9]{1,3})?");

  @Override
  public Pace convert(String text) {
    if (text.equals("recorded")) {
      return new Pace.AsRecorded();
    }
    if (text.equals("max")) {
      return new Pace.AsFastAsPossible();
    }
    Matcher rate = RATE.matcher(text);
    if (rate.matches() && Double.parseDouble(text) > 0) {
      return new Pace.Rate(Double.parseDouble(text));
    }
    throw new TypeConversionException(
        "expected recorded, max, or frames a second such as 200, found '" + text + "'");
  }
}
