package courtside.processor.feed;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.post.PostEvent.Origin;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Makes events. Revisions are seconds after a fixed moment. */
final class Events {
  static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  private Events() {}

  static Instant at(long second) {
    return START.plusSeconds(second);
  }

  static String rev(long second) {
    return Tid.at(at(second), 1).value();
  }

  static String uri(String did, String rkey) {
    return "at://" + did + "/app.bsky.feed.post/" + rkey;
  }

  static PostEvent created(String uri, long rev, String text, String createdAt) {
    byte[] record = record(text, createdAt);
    return new PostEvent.Created(uri, rev(rev), origin(at(rev)), cid(record), Bytes.of(record));
  }

  static PostEvent updated(String uri, long rev, String text, String createdAt) {
    byte[] record = record(text, createdAt);
    return new PostEvent.Updated(uri, rev(rev), origin(at(rev)), cid(record), Bytes.of(record));
  }

  static PostEvent deleted(String uri, long rev) {
    return new PostEvent.Deleted(uri, rev(rev), origin(at(rev)));
  }

  static PostEvent account(String did, boolean active, String status, long frameTime) {
    return new PostEvent.AccountChanged(
        did, active, Optional.of(status).filter(text -> !text.isEmpty()), origin(at(frameTime)));
  }

  static Origin origin(Instant frameTime) {
    return new Origin("relay", 1, 1, frameTime);
  }

  private static byte[] record(String text, String createdAt) {
    return DagCborWriter.write(
        Map.of("$type", "app.bsky.feed.post", "text", text, "createdAt", createdAt));
  }

  private static String cid(byte[] record) {
    return Cid.ofDagCbor(record, 0, record.length).toString();
  }
}
