package courtside.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which part of the house may know which. */
final class HouseTest {
  private static JavaClasses house;

  @BeforeAll
  static void read() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("courtside");
  }

  @Test
  void servicesDoNotKnowEachOther() {
    String[] services = {"courtside.ingestor..", "courtside.processor..", "courtside.feedapi.."};
    for (String service : services) {
      for (String other : services) {
        if (!service.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage(service)
              .should()
              .dependOnClassesThat()
              .resideInAPackage(other)
              .check(house);
        }
      }
    }
  }

  @Test
  void wireFormatsKnowNothingOfTheRest() {
    noClasses()
        .that()
        .resideInAPackage("courtside.atproto..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "courtside.eventlog..",
            "courtside.service..",
            "org.apache.kafka..",
            "org.slf4j..",
            "java.net..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.util.concurrent..")
        .check(house);
  }

  @Test
  void librariesStayInTheirRooms() {
    only("courtside.ingestor.relay..", "org.java_websocket..");
    only("courtside.feedapi..", "io.javalin..");
    only("courtside.feedapi.identity..", "org.eclipse.jetty.client..");
    only("courtside.feedapi..", "com.github.benmanes.caffeine..");
    only("courtside.processor..", "org.apache.kafka.streams..");
    only("courtside.processor.rule..", "org.apache.lucene..");
    only("courtside.broker..", "kafka..");
    only("courtside.atproto.key..", "org.bouncycastle..");
    only("courtside.atproto.key..", "fr.acinq..");
  }

  private static void only(String room, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(house);
  }

  @Test
  void onlyMainsEndTheProcess() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Main")
        .and()
        .doNotHaveSimpleName("Courtside")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(house);
  }

  @Test
  void packagesOfAServiceFormNoCircle() {
    for (String part :
        new String[] {"ingestor", "processor", "feedapi", "atproto", "eventlog", "testkit"}) {
      SlicesRuleDefinition.slices()
          .matching("courtside." + part + ".(**)")
          .should()
          .beFreeOfCycles()
          .check(house);
    }
  }
}
