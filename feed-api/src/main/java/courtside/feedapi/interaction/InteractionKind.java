package courtside.feedapi.interaction;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The events that the lexicon knows, and all others as one: a closed set for metrics. */
enum InteractionKind {
  REQUEST_LESS("requestLess"),
  REQUEST_MORE("requestMore"),
  CLICKTHROUGH_ITEM("clickthroughItem"),
  CLICKTHROUGH_AUTHOR("clickthroughAuthor"),
  CLICKTHROUGH_REPOSTER("clickthroughReposter"),
  CLICKTHROUGH_EMBED("clickthroughEmbed"),
  INTERACTION_SEEN("interactionSeen"),
  INTERACTION_LIKE("interactionLike"),
  INTERACTION_REPOST("interactionRepost"),
  INTERACTION_REPLY("interactionReply"),
  INTERACTION_QUOTE("interactionQuote"),
  INTERACTION_SHARE("interactionShare"),
  OTHER("");

  private static final Map<String, InteractionKind> BY_EVENT =
      Arrays.stream(values())
          .filter(kind -> kind != OTHER)
          .collect(
              Collectors.toUnmodifiableMap(
                  kind -> "app.bsky.feed.defs#" + kind.name, Function.identity()));

  private final String name;

  InteractionKind(String name) {
    this.name = name;
  }

  /** What kind an event is. */
  static InteractionKind of(String event) {
    return Objects.requireNonNullElse(BY_EVENT.get(event), OTHER);
  }

  /** The value of the metric's tag. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
