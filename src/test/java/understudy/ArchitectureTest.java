package understudy;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Arrows point down, siblings do not know each other, decisions are pure. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("understudy");

  private static final String[] PURE = {
    "understudy.failover..", "understudy.sync.plan..",
  };

  @Test
  void arrowsPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("ground")
        .definedBy("understudy.time..", "understudy.linux..")
        .layer("decisions")
        .definedBy(PURE)
        .layer("foundations")
        .definedBy("understudy.config..", "understudy.wire..", "understudy.store..")
        .layer("edges")
        .definedBy(
            "understudy.heartbeat..",
            "understudy.lease..",
            "understudy.resource..",
            "understudy.sync",
            "understudy.pairing..",
            "understudy.api..")
        .layer("node")
        .definedBy("understudy.node..")
        .layer("front")
        .definedBy("understudy.cli..", "understudy.demo..", "understudy.simulator..")
        .layer("main")
        .definedBy("understudy")
        .whereLayer("main")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("front")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("node")
        .mayOnlyBeAccessedByLayers("front", "main")
        .whereLayer("edges")
        .mayOnlyBeAccessedByLayers("node", "front", "main")
        .whereLayer("foundations")
        .mayOnlyBeAccessedByLayers("edges", "node", "front", "main")
        .whereLayer("decisions")
        .mayOnlyBeAccessedByLayers("foundations", "edges", "node", "front", "main")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void edgesDoNotKnowEachOther() {
    String[] edges = {"heartbeat", "lease", "resource", "sync", "pairing", "api"};
    for (String edge : edges) {
      for (String other : edges) {
        if (!edge.equals(other)) {
          noClasses()
              .that(resideInAPackage("understudy." + edge + ".."))
              .and(resideInAPackage("understudy.sync.plan..").negate())
              .should()
              .dependOnClassesThat(
                  resideInAPackage("understudy." + other + "..")
                      .and(resideInAPackage("understudy.sync.plan..").negate()))
              .allowEmptyShould(true)
              .check(CLASSES);
        }
      }
    }
  }

  @Test
  void packagesFormNoCycle() {
    slices()
        .matching("understudy.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(resideInAPackage("understudy"), alwaysTrue())
        .check(CLASSES);
  }

  @Test
  void decisionsSeeNoClockThreadFileSocketChanceOrLogger() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..",
            "java.net..",
            "java.nio..",
            "java.lang.foreign..",
            "java.util.concurrent..",
            "java.util.random..",
            "java.sql..",
            "org.slf4j..",
            "understudy.linux..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(
            System.class,
            Thread.class,
            Random.class,
            UUID.class,
            Clock.class,
            understudy.time.Clock.class,
            understudy.time.SystemClock.class,
            File.class,
            Process.class,
            Runtime.class)
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Math.class, "random")
        .allowEmptyShould(true)
        .check(CLASSES);
  }
}
