package courtside.eventlog;

import courtside.atproto.Bytes;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.Interaction;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observation;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.format.Format;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.status.ServiceStatus;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * One format of the log, with a value that has every component.
 *
 * @param name the name of its golden file
 * @param sealed whether a checksum follows the CBOR
 */
record WireFormat<T>(
    String name,
    T value,
    Function<T, byte[]> encoder,
    Function<byte[], T> decoder,
    boolean sealed) {

  private static final Instant SEEN = Instant.parse("2026-11-24T02:08:09.123Z");
  private static final String DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
  private static final String URI = "at://" + DID + "/app.bsky.feed.post/3lbntq2aprc2e";
  private static final String CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";
  private static final Bytes RECORD = Bytes.of(HexFormat.of().parseHex("a164746578746564756e6b21"));
  private static final PostEvent.Origin ORIGIN =
      new PostEvent.Origin("bsky.network", 2, 4_711_000_815L, SEEN.minusMillis(250));

  /** Every format that is CBOR. */
  static Stream<WireFormat<?>> all() {
    return Stream.of(
        new WireFormat<>(
            "cursor",
            new Cursor(
                "bsky.network",
                2,
                4_711_000_815L,
                Optional.of(SEEN.minusMillis(250)),
                SEEN,
                Bytes.of(new byte[] {1, 2, 3, -1}),
                Optional.of("rewind-7")),
            Cursor::encode,
            Cursor::decode,
            true),
        new WireFormat<>(
            "observations",
            new Observations(
                "bsky.network",
                List.of(
                    new Observation(4_711_000_815L, SEEN.minusSeconds(61), SEEN.minusSeconds(60)),
                    new Observation(4_711_036_815L, SEEN.minusSeconds(1), SEEN))),
            Observations::encode,
            Observations::decode,
            true),
        of(
            "incident",
            Incident.FORMAT,
            new Incident(
                Incident.Kind.GAP,
                "bsky.network",
                SEEN,
                OptionalLong.of(4_711_000_815L),
                OptionalLong.of(4_711_009_000L),
                "the first frame was 4711009000, 45 s later",
                "went on from there")),
        of(
            "dead-letter",
            DeadLetter.FORMAT,
            new DeadLetter(
                "ingestor",
                "TRUNCATED",
                SEEN,
                "expected a map, found the end",
                "bsky.network/2/4711000815",
                3,
                Bytes.of(new byte[] {9, 8, 7}),
                Bytes.of(new byte[] {0, -128, 127}))),
        of(
            "post-created",
            PostEvent.FORMAT,
            new PostEvent.Created(URI, "3lbntq2b5ok2x", ORIGIN, CID, RECORD)),
        of(
            "post-updated",
            PostEvent.FORMAT,
            new PostEvent.Updated(URI, "3lbntq2c6pl2y", ORIGIN, CID, RECORD)),
        of("post-deleted", PostEvent.FORMAT, new PostEvent.Deleted(URI, "3lbntq2d7qm2z", ORIGIN)),
        of(
            "post-account",
            PostEvent.FORMAT,
            new PostEvent.AccountChanged(DID, false, Optional.of("takendown"), ORIGIN)),
        of(
            "feed-definition",
            FeedDefinition.FORMAT,
            new FeedDefinition(
                "set-1",
                3,
                "NBA Now",
                "The game as it is played: 🏀",
                "text:dunk AND lang:en",
                "text:lottery",
                List.of("en", "es"),
                List.of(DID),
                List.of("did:web:spam.example"),
                Optional.of(Duration.ofDays(7)),
                Duration.ofDays(3),
                Optional.of(URI),
                true,
                Optional.of(true),
                Optional.of(2))),
        of(
            "feed-state",
            FeedState.FORMAT,
            new FeedState(
                Optional.of("9f86d081"),
                Optional.of("60303ae2"),
                Optional.of("fd61a03a"),
                List.of("a4e624d6"),
                false,
                SEEN,
                List.of(0L, 23L, 5_000_000_000L),
                Optional.of("promote-5"),
                Optional.of("fd61a03a is no candidate"),
                Optional.of(Map.of("9f86d081", "set-2", "60303ae2", "set-1")))),
        of(
            "feed-item",
            FeedItem.FORMAT,
            new FeedItem(
                SEEN.minusSeconds(5),
                SEEN.plus(Duration.ofDays(3)),
                DID,
                CID,
                "Bulls win ❤️",
                List.of("en"),
                List.of("https://nba.com/game"),
                List.of("a crowd"),
                List.of("spoiler"))),
        of(
            "feed-status",
            FeedStatus.FORMAT,
            new FeedStatus(
                SEEN,
                1_000,
                5_000_000_000L,
                SEEN.minusSeconds(1),
                255,
                24,
                OptionalLong.of(400),
                OptionalDouble.of(1_250.5),
                Optional.of("set-1"))),
        of(
            "interaction",
            Interaction.FORMAT,
            new Interaction(
                Optional.of("at://" + DID + "/app.bsky.feed.generator/nba-now"),
                Optional.of(URI),
                Interaction.SEEN,
                Optional.of("dunk 🏀"),
                Optional.of("page-3"))),
        of(
            "service-status",
            ServiceStatus.FORMAT,
            new ServiceStatus(
                "ingestor",
                "ingestor-7b0f6c9e-5a4d-4c2f-8e55-0c6f2d1b9a10",
                SEEN,
                false,
                "silent",
                List.of("no frame for 21 s"),
                Map.of("lag_seconds", 21.5, "frames_per_second", 0.0),
                Optional.of(Map.of(Wish.Rewind.KEY, "rewind-7")))),
        of("wish-ingesting", Wish.FORMAT, new Wish.Ingesting("pause-3", SEEN, true)),
        of(
            "wish-rewind",
            Wish.FORMAT,
            new Wish.Rewind("rewind-7", SEEN, "bsky.network", 4_711_000_000L)),
        of("wish-acknowledged", Wish.FORMAT, new Wish.Acknowledged("ack-1", SEEN, 12)),
        of("wish-promote", Wish.FORMAT, new Wish.Promote("promote-5", SEEN, "nba-now", "fd61a03a")),
        of(
            "wish-rollback",
            Wish.FORMAT,
            new Wish.Rollback("rollback-6", SEEN, "nba-now", "60303ae2")),
        of("wish-delete-feed", Wish.FORMAT, new Wish.DeleteFeed("delete-8", SEEN, "nba-now")),
        of(
            "wish-block",
            Wish.FORMAT,
            new Wish.Block("block-9", SEEN, URI, Optional.of("spam: 🏀 tickets"))));
  }

  private static <T> WireFormat<T> of(String name, Format<T> format, T value) {
    return new WireFormat<>(name, value, format::encode, format::decode, false);
  }

  byte[] encode() {
    return encoder.apply(value);
  }

  Object decode(byte[] bytes) {
    return decoder.apply(bytes);
  }

  /** The CBOR of these bytes. */
  byte[] content(byte[] bytes) {
    return sealed ? Arrays.copyOf(bytes, bytes.length - Integer.BYTES) : bytes;
  }

  /** The bytes with this CBOR. */
  byte[] seal(byte[] content) {
    if (!sealed) {
      return content;
    }
    CRC32C crc = new CRC32C();
    crc.update(content);
    return ByteBuffer.allocate(content.length + Integer.BYTES)
        .put(content)
        .putInt((int) crc.getValue())
        .array();
  }

  @Override
  public String toString() {
    return name;
  }
}
