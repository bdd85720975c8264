package courtside.pipeline;

import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.testkit.process.CommittedStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When frames, and what became of them, could be read in each topic on their way, by readers of
 * their own. Thread-safe.
 */
final class Stations implements AutoCloseable {
  private final Map<Long, Long> frames = new ConcurrentHashMap<>();
  private final Map<String, Long> posts = new ConcurrentHashMap<>();
  private final Map<String, Long> items = new ConcurrentHashMap<>();
  private final CommittedStream ofFrames;
  private final CommittedStream ofPosts;
  private final CommittedStream ofItems;

  /** Starts to read. */
  Stations(String bootstrap) {
    ofFrames =
        read(
            bootstrap,
            Topics.FRAMES,
            (record, now) -> frames.putIfAbsent(FrameHeaders.read(record.headers()).seq(), now));
    ofPosts =
        read(
            bootstrap,
            Topics.POSTS,
            (record, now) -> {
              if (PostEvent.FORMAT.decode(record.value()) instanceof PostEvent.Created created) {
                posts.putIfAbsent(created.uri(), now);
              }
            });
    ofItems =
        read(
            bootstrap,
            Topics.FEED_ITEMS,
            (record, now) ->
                items.putIfAbsent(
                    FeedVersion.uri(new String(record.key(), StandardCharsets.UTF_8)), now));
  }

  private static CommittedStream read(String bootstrap, Topic topic, CommittedStream.Taker taker) {
    return CommittedStream.start(bootstrap, topic.name(), topic.partitions(), taker);
  }

  /** By the frame's number. */
  Map<Long, Long> frames() {
    return frames;
  }

  /** By the post's uri. */
  Map<String, Long> posts() {
    return posts;
  }

  /** By the post's uri. */
  Map<String, Long> items() {
    return items;
  }

  @Override
  public void close() throws InterruptedException {
    ofFrames.close();
    ofPosts.close();
    ofItems.close();
  }
}
