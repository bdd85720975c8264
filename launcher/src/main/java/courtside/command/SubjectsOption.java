package courtside.command;

import courtside.eventlog.control.Wish;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Accounts and records: typed, or one in each line of a file. */
final class SubjectsOption {
  private static final String STANDARD_INPUT = "-";
  private static final int MOST_BYTES = 64 << 20;
  private static final int MOST_PROBLEMS = 10;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "SUBJECT",
      description = {
        "The DID of an account (did:plc:…), or the uri of a record"
            + " (at://did:plc:…/app.bsky.feed.post/…)."
      })
  private List<String> typed = List.of();

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = {
        "Takes them from this file too, one in each line; - is the standard input. What follows #"
            + " in a line is passed over, so the output of 'block list' can be taken."
      })
  private String from = "";

  /**
   * All of them, each once and in its only form.
   *
   * @throws ParameterException if there is none
   * @throws RefusedException if one is wrong, with where it stands, or there are too many
   * @throws IOException if the file cannot be read
   */
  SequencedSet<String> read() throws IOException, RefusedException {
    if (typed.isEmpty() && from.isEmpty()) {
      throw new ParameterException(
          mixee.commandLine(), "Which accounts or records? Type some, or --from FILE");
    }
    SequencedSet<String> subjects = new LinkedHashSet<>();
    List<String> problems = new ArrayList<>();
    for (String one : typed) {
      add(one, "", subjects, problems);
    }
    if (!from.isEmpty()) {
      int number = 0;
      for (String line : (Iterable<String>) lines()::iterator) {
        number++;
        String content = line.split("#", 2)[0].strip();
        if (!content.isEmpty()) {
          add(content, from + ":" + number + ": ", subjects, problems);
        }
        if (problems.size() >= MOST_PROBLEMS || subjects.size() > Wish.Block.MOST) {
          break;
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new RefusedException("nothing was changed: " + String.join("\n  ", problems));
    }
    if (subjects.size() > Wish.Block.MOST) {
      throw new RefusedException(
          "nothing was changed: expected at most "
              + Wish.Block.MOST
              + " accounts and records, found more");
    }
    return subjects;
  }

  private static void add(
      String text, String place, SequencedSet<String> subjects, List<String> problems) {
    try {
      subjects.add(Subject.parse(text));
    } catch (RefusedException e) {
      problems.add(place + e.getMessage());
    }
  }

  private Stream<String> lines() throws IOException, RefusedException {
    byte[] content;
    try (InputStream file =
        from.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(from))) {
      content = file.readNBytes(MOST_BYTES + 1);
    }
    if (content.length > MOST_BYTES) {
      throw new RefusedException(
          "expected at most " + (MOST_BYTES >> 20) + " MiB, found more in " + from);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(content))
          .toString()
          .lines();
    } catch (CharacterCodingException e) {
      throw new RefusedException("expected text in UTF-8, found something else in " + from);
    }
  }
}
