package courtside.processor.reserve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Applied.Outcome;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.broker.TightDisk;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(120)
final class DiskWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration OFTEN = Duration.ofMillis(20);

  @TempDir Path directory;
  private final AtomicBoolean failed = new AtomicBoolean();

  @Test
  void saysHowMuchThereIsAndAlarmsWhileItIsTooMuch() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        Admin admin = Admin.create(new KafkaAddress(broker.bootstrap()).client())) {
      Room.give(admin);
      Files.write(Files.createDirectory(directory.resolve("slot")).resolve("a"), new byte[1_234]);
      try (DiskWatch watch = watch(admin, new AtomicInteger())) {
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(watch.figures())
                    .containsOnlyKeys(
                        "reserved_bytes", "reserved_bytes_used", "state_directory_bytes")
                    .containsEntry("state_directory_bytes", 1_234.0));
        assertThat(watch.alarms()).isEmpty();

        Room.take(broker.bootstrap(), admin);
        TightDisk.fill(broker.bootstrap(), Topics.FEED_ITEMS);
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(watch.alarms())
                    .singleElement()
                    .asString()
                    .contains("COURTSIDE_DISK reserves", "in feed.items: raise COURTSIDE_DISK"));

        Room.give(admin);
        await().atMost(LIMIT).until(() -> watch.alarms().isEmpty());
      }
    }
    assertThat(failed).isFalse();
  }

  @Test
  void whatTheOperatorDoesNotAllowToAskIsNotKnownIsSaidOnceAndRefusesNobody() throws Exception {
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(
                directory.resolve("kafka"),
                0,
                Map.of(
                    "authorizer.class.name",
                    "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                    "allow.everyone.if.no.acl.found",
                    "true"));
        Admin admin = Admin.create(new KafkaAddress(broker.bootstrap()).client())) {
      // given: no room, and nobody may ask for it
      Room.give(admin);
      Room.take(broker.bootstrap(), admin);
      TightDisk.fill(broker.bootstrap(), Topics.FEED_ITEMS);
      admin
          .createAcls(
              List.of(
                  cluster(AclOperation.ALL, AclPermissionType.ALLOW),
                  cluster(AclOperation.DESCRIBE, AclPermissionType.DENY)))
          .all()
          .get();
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThatThrownBy(() -> Reserve.ask(admin))
                  .hasCauseInstanceOf(ClusterAuthorizationException.class));

      // when: it is asked for, again and again
      Logger logger = (Logger) LoggerFactory.getLogger(DiskWatch.class);
      ListAppender<ILoggingEvent> log = new ListAppender<>();
      log.start();
      logger.addAppender(log);
      AtomicInteger asked = new AtomicInteger();
      try (DiskWatch watch = watch(admin, asked)) {
        await().atMost(LIMIT).until(() -> asked.get() > 20);
        assertThat(watch.figures()).containsOnlyKeys("state_directory_bytes");
        assertThat(watch.alarms()).isEmpty();
      } finally {
        logger.detachAppender(log);
      }

      // then
      assertThat(log.list)
          .extracting(ILoggingEvent::getMessage)
          .containsExactly("size not known, and not watched");
      List<Applied> applied =
          Apply.apply(
              new KafkaAddress(broker.bootstrap()),
              List.of(
                  DefinitionFile.read(
                      "test.yaml",
                      new ByteArrayInputStream(
                          "feed: nba\nname: NBA\nrule: nba\n".getBytes(StandardCharsets.UTF_8)))),
              false,
              Apply.setIds(new Random(1)));
      assertThat(applied).extracting(Applied::outcome).containsExactly(Outcome.WRITTEN);
    }
    assertThat(failed).isFalse();
  }

  private DiskWatch watch(Admin admin, AtomicInteger asked) {
    return DiskWatch.start(
        admin,
        directory.resolve("slot"),
        OFTEN,
        () -> {
          asked.incrementAndGet();
          return System.nanoTime();
        },
        () -> failed.set(true));
  }

  private static AclBinding cluster(AclOperation operation, AclPermissionType permission) {
    return new AclBinding(
        new ResourcePattern(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL),
        new AccessControlEntry("User:*", "*", operation, permission));
  }
}
