package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.awaitProtection;
import static understudy.node.RunningNodes.awaitTold;
import static understudy.node.RunningNodes.ended;
import static understudy.node.RunningNodes.silence;
import static understudy.node.RunningNodes.start;
import static understudy.node.RunningNodes.switchover;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import understudy.Unhurried;
import understudy.api.Action;
import understudy.api.Views;

/** What becomes of the role and the service of a daemon that is told to stop. */
class DepartureTest {
  private static final Duration WITHIN = Duration.ofMinutes(2);

  /** For what does not end. */
  private static final Duration SHORT = Duration.ofSeconds(4);

  private static final String SLOW_DATA =
      """
      datasets:
        - { name: files, path: DATA, every: continuous, limit: 16KiB/s }
      """;

  @TempDir Path directory;

  @Test
  void aDaemonThatIsToldToStopFirstHandsItsRoleToTheStandby() throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);

        alpha.handOver(WITHIN);

        assertThat(service.story()).containsExactly("alpha starts", "alpha stops", "beta starts");
        assertThat(alpha.front().isActive()).isFalse();
        awaitTold(alpha, "ASKED", "by this daemon, which was told to stop");
        awaitTold(alpha, "SWITCHED_OVER", "beta serves");
        silence(alpha);
        assertThat(beta.front().isActive()).isTrue();
      }
    }
  }

  @Test
  void whereNobodyCanTakeTheRoleTheServiceStopsWithItsDaemonAndStartsWithIt() throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);

      alpha.handOver(WITHIN);

      assertThat(service.story()).containsExactly("alpha starts", "alpha stops");
    }
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves again", alpha.front()::isActive);
      assertThat(service.story()).containsExactly("alpha starts", "alpha stops", "alpha starts");
    }
  }

  @Test
  void aSwitchoverThatAPersonBeganIsFollowedToItsEnd() throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);
        Files.createFile(service.clings());
        Files.createFile(service.tarries());
        Views.Operation begun =
            alpha.front().act(switchover(null, null), "a test", Optional.empty());
        await("alpha stops", () -> service.story().contains("alpha stops"));
        Files.delete(service.clings());
        Files.delete(service.tarries());

        alpha.handOver(WITHIN);

        assertThat(alpha.front().operation(begun.id()).orElseThrow().state()).isEqualTo("done");
        assertThat(service.story()).containsExactly("alpha starts", "alpha stops", "beta starts");
      }
    }
  }

  @Test
  void aSwitchoverThatStillCopiesIsFollowedToItsEnd() throws Exception {
    byte[] noise = noise(128 << 10); // eight seconds
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + SLOW_DATA + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);
        Files.write(pair.alpha.data().resolve("noise"), noise);
        Views.Operation begun =
            alpha.front().act(switchover(null, null), "a test", Optional.empty());
        awaitTold(alpha, "PREPARES", "to beta");

        alpha.handOver(WITHIN);

        assertThat(alpha.front().operation(begun.id()).orElseThrow().state()).isEqualTo("done");
        assertThat(service.story()).containsExactly("alpha starts", "alpha stops", "beta starts");
        assertThat(pair.beta.data().resolve("noise")).hasBinaryContent(noise);
      }
    }
  }

  @Test
  void whereAPersonsSwitchoverIsGivenUpMeanwhileTheRoleIsHandedOverAllTheSame() throws Exception {
    var service = new RecordedService(directory);
    Path late = directory.resolve("alpha/data/late");
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + SLOW_DATA + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);
        Files.write(late, noise(2 << 20)); // two minutes
        Views.Operation begun =
            alpha.front().act(switchover(null, null), "a test", Optional.empty());
        awaitTold(alpha, "PREPARES", "to beta");
        var departure = new FutureTask<>(() -> departed(alpha));
        Thread thread = Thread.ofPlatform().start(departure);
        await("it waits", () -> thread.getState() != Thread.State.RUNNABLE);

        Files.delete(late);
        ended(alpha, Action.of(Action.Kind.CANCEL));

        assertThat(departure.get()).isFalse();
        assertThat(ended(alpha, begun).code()).isEqualTo("rolled-back");
        assertThat(service.story()).containsExactly("alpha starts", "alpha stops", "beta starts");
      }
    }
  }

  /** Whether it serves even so. */
  private static boolean departed(Node node) throws InterruptedException {
    node.handOver(WITHIN);
    return node.front().isActive();
  }

  @Test
  void aSwitchoverThatCopiesForTooLongIsCancelledAndTheServiceStopsWithItsDaemon()
      throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + SLOW_DATA + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);
        Files.write(pair.alpha.data().resolve("noise"), noise(2 << 20)); // two minutes

        List<String> logged = logged(() -> alpha.handOver(SHORT));

        assertThat(logged)
            .containsExactly(
                "no other node took over: the service stops with its daemon; under way: a"
                    + " switchover to beta, which copies");
        assertThat(service.story()).containsExactly("alpha starts", "alpha stops");
        awaitTold(alpha, "ROLLED_BACK", "cancelled");
      }
    }
  }

  @Test
  void aServiceThatIsBeingStartedStopsInOrderOnceItServes() throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + service.resources());
    Files.createFile(service.tarries());
    try (Node alpha = start(pair.alpha)) {
      await("alpha starts", () -> service.story().contains("alpha starts"));
      Files.delete(service.tarries());

      alpha.handOver(WITHIN);

      assertThat(service.story()).containsExactly("alpha starts", "alpha stops");
      awaitTold(alpha, "SERVES", "");
    }
  }

  @Test
  void aServiceWhoseStartDoesNotEndStopsWithItsDaemon() throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + service.resources());
    Files.createFile(service.tarries());
    try (Node alpha = start(pair.alpha)) {
      await("alpha starts", () -> service.story().contains("alpha starts"));

      List<String> logged = logged(() -> alpha.handOver(SHORT));

      assertThat(service.story()).containsExactly("alpha starts", "alpha stops");
      assertThat(logged)
          .containsExactly(
              "no other node took over: the service stops with its daemon; under way: its start");
    }
  }

  @Test
  void aDaemonThatEndsInTheMiddleOfAHandoverSaysSo() throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);
        Files.createFile(service.clings());

        List<String> logged = logged(() -> alpha.handOver(SHORT));

        assertThat(logged)
            .containsExactly(
                "the daemon ends before what is under way: a switchover to beta, the service stops");
        Files.delete(service.clings());
      }
    }
  }

  private static byte[] noise(int sizeBytes) {
    byte[] noise = new byte[sizeBytes];
    new Random(7).nextBytes(noise);
    return noise;
  }

  private interface Deed {
    void happens() throws Exception;
  }

  /** What {@link Departure} warned of meanwhile. */
  private static List<String> logged(Deed deed) throws Exception {
    var lines = new ListAppender<ILoggingEvent>();
    var logger = (Logger) LoggerFactory.getLogger(Departure.class);
    logger.addAppender(lines);
    lines.start();
    try {
      deed.happens();
    } finally {
      logger.detachAppender(lines);
    }
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
