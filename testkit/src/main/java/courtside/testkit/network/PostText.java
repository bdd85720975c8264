package courtside.testkit.network;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A text and what its stretches are. Immutable. */
record PostText(String text, List<Facet> facets) {
  PostText {
    facets = List.copyOf(facets);
  }

  /** Writes a text from left to right, counting its bytes. Confined to one thread. */
  static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private final List<Facet> facets = new ArrayList<>();
    private int bytes;

    Builder append(String part) {
      text.append(part);
      bytes += part.getBytes(StandardCharsets.UTF_8).length;
      return this;
    }

    /** Appends a text with its facets. */
    Builder append(PostText part) {
      int start = bytes;
      for (Facet facet : part.facets()) {
        facets.add(
            switch (facet) {
              case Facet.Tag(int from, int to, String tag) ->
                  new Facet.Tag(start + from, start + to, tag);
              case Facet.Link(int from, int to, String uri) ->
                  new Facet.Link(start + from, start + to, uri);
            });
      }
      return append(part.text());
    }

    /** Appends a hashtag, given without its sign. */
    Builder tag(String tag) {
      int start = bytes;
      append("#").append(tag);
      facets.add(new Facet.Tag(start, bytes, tag));
      return this;
    }

    /** Appends a link. */
    Builder link(String shown, String uri) {
      int start = bytes;
      append(shown);
      facets.add(new Facet.Link(start, bytes, uri));
      return this;
    }

    PostText build() {
      return new PostText(text.toString(), facets);
    }
  }
}
