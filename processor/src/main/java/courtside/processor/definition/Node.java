package courtside.processor.definition;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a YAML file that knows its line, counted from 1. Immutable. */
sealed interface Node {
  int line();

  /** What it is, for people. */
  String what();

  /**
   * A text, number or truth value, as written.
   *
   * @param column where it begins in its line, in code points from 0
   */
  record Scalar(int line, int column, String text) implements Node {
    @Override
    public String what() {
      return text.isEmpty() ? "nothing" : "a text";
    }
  }

  /** A list. */
  record Sequence(int line, List<Node> items) implements Node {
    @Override
    public String what() {
      return "a list";
    }
  }

  /** Keys with values, in the order of the file. */
  record Mapping(int line, Map<String, Entry> entries) implements Node {
    @Override
    public String what() {
      return "keys with values";
    }
  }

  /** A value, and the line of its key. */
  record Entry(int keyLine, Node value) {}

  /**
   * Reads a file of one document.
   *
   * @throws DefinitionException if it is no YAML, or uses what definitions have no need of
   */
  static Node read(String yaml, Mistakes mistakes) throws DefinitionException {
    try (YAMLParser parser = Yaml.FACTORY.createParser(yaml)) {
      Yaml reading = new Yaml(parser, mistakes);
      if (parser.nextToken() == null) {
        mistakes.add(1, "expected a definition, found an empty file");
        mistakes.check();
      }
      Node root = reading.node(0);
      if (parser.nextToken() != null) {
        mistakes.add(parser.currentTokenLocation().getLineNr(), "expected one document a file");
      }
      return root;
    } catch (JsonParseException | StreamConstraintsException e) {
      JsonLocation location = e.getLocation();
      mistakes.add(
          location == null ? 1 : Math.max(1, location.getLineNr()),
          "expected YAML: " + e.getOriginalMessage().lines().findFirst().orElse("cannot be read"));
      mistakes.check();
      throw new IllegalStateException("a mistake was noted and is gone", e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading a text in memory", e);
    }
  }

  /** Follows the parser's tokens. */
  final class Yaml {
    private static final YAMLFactory FACTORY = YAMLFactory.builder().build();

    /** A definition has keys, lists in them, examples in those, and lists in an example. */
    private static final int MAX_DEPTH = 6;

    private final YAMLParser parser;
    private final Mistakes mistakes;

    private Yaml(YAMLParser parser, Mistakes mistakes) {
      this.parser = parser;
      this.mistakes = mistakes;
    }

    private Node node(int depth) throws IOException {
      JsonLocation at = parser.currentTokenLocation();
      JsonToken token = parser.currentToken();
      if (depth == MAX_DEPTH && token.isStructStart()) {
        mistakes.add(at.getLineNr(), "nested too deeply for a definition");
        parser.skipChildren();
        return new Scalar(at.getLineNr(), 0, "");
      }
      return switch (token) {
        case START_OBJECT -> mapping(at.getLineNr(), depth);
        case START_ARRAY -> sequence(at.getLineNr(), depth);
        default -> scalar(at, token);
      };
    }

    private Scalar scalar(JsonLocation at, JsonToken token) throws IOException {
      if (parser.isCurrentAlias()) {
        mistakes.add(
            at.getLineNr(), "aliases are not used here: quote a text that begins with an asterisk");
      }
      return new Scalar(
          at.getLineNr(),
          at.getColumnNr() - 1,
          token == JsonToken.VALUE_NULL ? "" : parser.getText());
    }

    private Sequence sequence(int line, int depth) throws IOException {
      List<Node> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(node(depth + 1));
      }
      return new Sequence(line, items);
    }

    private Mapping mapping(int line, int depth) throws IOException {
      Map<String, Entry> entries = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        int keyLine = parser.currentTokenLocation().getLineNr();
        String key = parser.currentName();
        parser.nextToken();
        Entry earlier = entries.putIfAbsent(key, new Entry(keyLine, node(depth + 1)));
        if (earlier != null) {
          mistakes.add(keyLine, "'" + key + "' stands here again, after line " + earlier.keyLine());
        }
      }
      return new Mapping(line, entries);
    }
  }
}
