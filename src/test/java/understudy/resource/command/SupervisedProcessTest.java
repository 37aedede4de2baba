package understudy.resource.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.FreePort;
import understudy.config.Endpoint;
import understudy.config.ResourceConfig;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.linux.BootTime;
import understudy.resource.Condition;
import understudy.resource.Eventually;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.time.Clock;

/** Real processes under a real guardian. */
class SupervisedProcessTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Term THIRD = new Term(3);

  private final Clock clock = new BootTime();
  private final List<SupervisedProcess> made = new ArrayList<>();

  @TempDir private Path state;

  @AfterEach
  void stopAll() throws Exception {
    for (SupervisedProcess process : made) {
      process.stop(SOON);
      process.release();
    }
  }

  private SupervisedProcess bash(String script) {
    return service(List.of("/bin/bash", "-c", script), Optional.empty(), Optional.empty());
  }

  private SupervisedProcess service(
      List<String> run, Optional<String> user, Optional<ResourceConfig.Health> health) {
    ResourceConfig.Supervised config =
        new ResourceConfig.Supervised(
            "ledger",
            run,
            user,
            Optional.empty(),
            Map.of("COLOR", "green"),
            Duration.ofMillis(400),
            health);
    Surroundings here = new Surroundings("test", new NodeName("alpha"), state);
    SupervisedProcess process = new SupervisedProcess(config, here, clock);
    process.extend(clock.now().plus(LONG));
    made.add(process);
    return process;
  }

  private long processOf(SupervisedProcess service) throws InterruptedException {
    Condition condition = service.check();
    assertThat(condition).isInstanceOf(Condition.Started.class);
    return Long.parseLong(condition.text().replaceAll("\\D", ""));
  }

  /** A process that has ended and was not yet buried by its parent does not live. */
  private static boolean lives(long process) throws Exception {
    Path file = Path.of("/proc/" + process + "/stat");
    try {
      String stat = Files.readString(file);
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException unreadable) { // it may be buried between the opening and the reading
      if (Files.exists(file)) {
        throw unreadable;
      }
      return false;
    }
  }

  private static void awaitDeath(long process, Duration within) throws Exception {
    Eventually.await("process " + process + " dies", within, () -> !lives(process));
  }

  private long readNumber(String file) throws Exception {
    Path path = state.resolve(file);
    Eventually.await(
        file + " is written",
        SOON,
        () -> Files.exists(path) && Files.readString(path).endsWith("\n"));
    return Long.parseLong(Files.readString(path).strip());
  }

  @Test
  void isEndedThoughTheDiskIsFull() throws Exception {
    Path disk = Files.createDirectories(state.resolve("services"));
    run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString());
    try {
      SupervisedProcess service = bash("exec sleep 100");
      assertThat(service.start(THIRD, SOON).isDone()).isTrue();
      long process = processOf(service);
      run("sh", "-c", "cat /dev/zero > " + disk + "/filler; true");
      long guardian = ProcessHandle.of(process).orElseThrow().parent().orElseThrow().pid();
      ProcessHandle.of(guardian).orElseThrow().destroyForcibly();

      assertThat(service.stop(SOON)).isInstanceOf(Outcome.Done.class);
      assertThat(lives(process)).isFalse();
    } finally {
      run("umount", "--lazy", disk.toString());
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void aGuardianThatComesLateWaitsForTheRenewalBeforeItStartsAnything() throws Exception {
    Path here = Files.createDirectories(state.resolve("late"));
    Process guardian = lateGuardian(here);
    Path control = here.resolve("control");
    Files.writeString(control, "until 99999999999\n", java.nio.file.StandardOpenOption.WRITE);
    try {
      Eventually.await("the service runs", SOON, () -> Files.exists(here.resolve("running")));
    } finally {
      Files.writeString(control, "stop 10\n", java.nio.file.StandardOpenOption.WRITE);
      assertThat(guardian.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aGuardianWhoseMandateIsOverStartsNothing() throws Exception {
    Path here = Files.createDirectories(state.resolve("over"));
    Process guardian = lateGuardian(here);

    assertThat(guardian.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    assertThat(here.resolve("ended")).content().startsWith("cause=mandate");
    assertThat(here.resolve("running")).doesNotExist();
  }

  /** A guardian that has come so far only after the deadline that it was started with. */
  private static Process lateGuardian(Path directory) throws Exception {
    Path script = directory.resolve("guardian.sh");
    try (var source = SupervisedProcess.class.getResourceAsStream("guardian.sh")) {
      Files.write(script, source.readAllBytes());
    }
    run("mkfifo", directory.resolve("control").toString());
    return new ProcessBuilder(
            List.of(
                "/bin/bash",
                script.toString(),
                directory.toString(),
                "test-late-" + ProcessHandle.current().pid(),
                "",
                "1",
                "/bin/sleep",
                "100"))
        .start();
  }

  @Test
  void startsOnceAndStopsOnce() throws Exception {
    SupervisedProcess service = bash("exec sleep 100");
    assertThat(service.check()).isInstanceOf(Condition.Stopped.class);
    assertThat(service.start(THIRD, SOON)).isInstanceOf(Outcome.Done.class);
    long process = processOf(service);
    assertThat(service.start(THIRD, SOON).sentence()).contains("adopted");
    assertThat(processOf(service)).isEqualTo(process);
    assertThat(service.stop(SOON).sentence()).contains("was stopped");
    assertThat(lives(process)).isFalse();
    assertThat(service.stop(SOON)).isInstanceOf(Outcome.Done.class);
    assertThat(service.check()).isInstanceOf(Condition.Stopped.class);
  }

  @Test
  void seesItsConfiguredEnvironmentAndNothingElse() throws Exception {
    SupervisedProcess service = bash("env > " + state + "/seen; exec sleep 100");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    assertThat(Files.readAllLines(state.resolve("seen")))
        .contains(
            "COLOR=green",
            "UNDERSTUDY_NODE=alpha",
            "UNDERSTUDY_CLUSTER=test",
            "UNDERSTUDY_ROLE=active",
            "UNDERSTUDY_TERM=3")
        .noneMatch(line -> line.startsWith("HOME=") || line.startsWith("JAVA_HOME="));
  }

  @Test
  void diesWithTheMandateWhenTheDaemonFallsSilent() throws Exception {
    SupervisedProcess service = bash("trap '' TERM; sleep 100 & wait; sleep 100");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    long process = processOf(service);
    long begun = System.nanoTime();
    service.extend(clock.now().plus(Duration.ofMillis(700)));
    awaitDeath(process, Duration.ofSeconds(10));
    long tookMillis = (System.nanoTime() - begun) / 1_000_000;
    System.out.println("guardian: mandate of 700 ms, dead after " + tookMillis + " ms");
    // the guardian counts hundredths of a second, and the deadline is rounded down to them twice
    assertThat(tookMillis).isBetween(680L, 5000L);
    Eventually.await(
        "the reason is known", SOON, () -> service.check().text().contains("mandate ran out"));
  }

  @Test
  void livesAsLongAsTheMandateIsRenewed() throws Exception {
    SupervisedProcess service = bash("exec sleep 100");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    long process = processOf(service);
    List<Long> micros = new ArrayList<>();
    long end = System.nanoTime() + Duration.ofSeconds(7).toNanos();
    while (System.nanoTime() < end) {
      long before = System.nanoTime();
      service.extend(clock.now().plus(Duration.ofSeconds(5)));
      micros.add((System.nanoTime() - before) / 1000);
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(lives(process)).isTrue();
    Collections.sort(micros);
    System.out.println(
        "guardian extend: median "
            + micros.get(micros.size() / 2)
            + " us, worst "
            + micros.getLast());
  }

  @Test
  void isAdoptedByTheNextDaemonWithoutARestart() throws Exception {
    SupervisedProcess service = bash("exec sleep 100");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    long process = processOf(service);
    service.release();

    SupervisedProcess next = bash("exec sleep 100");
    assertThat(next.start(new Term(4), SOON).sentence()).contains("adopted");
    assertThat(processOf(next)).isEqualTo(process);
    next.extend(clock.now().plus(Duration.ofMillis(300)));
    awaitDeath(process, Duration.ofSeconds(20));
  }

  @Test
  void isReplacedWhenItsConfigurationChanged() throws Exception {
    SupervisedProcess service = bash("exec sleep 100");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    long process = processOf(service);
    SupervisedProcess next = bash("exec sleep 101");
    assertThat(next.start(THIRD, SOON).isDone()).isTrue();
    assertThat(processOf(next)).isNotEqualTo(process);
    assertThat(lives(process)).isFalse();
  }

  @Test
  void isKilledWhenItIgnoresTheRequestToEnd() throws Exception {
    SupervisedProcess service =
        bash("trap '' TERM; echo $$ > " + state + "/pid; while :; do sleep 0.05; done");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    long process = readNumber("pid");
    long begun = System.nanoTime();
    assertThat(service.stop(SOON).sentence()).contains("ignored TERM");
    assertThat(lives(process)).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(380), SOON);
  }

  @Test
  void takesItsDescendantsAlongAlsoThoseThatLeftItsSession() throws Exception {
    SupervisedProcess service =
        bash(
            "(sleep 100 & echo $! > "
                + state
                + "/child; wait) & setsid --fork bash -c 'echo $$ > "
                + state
                + "/runaway; exec sleep 100'; exec sleep 100");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    long child = readNumber("child");
    long runaway = readNumber("runaway");
    assertThat(lives(child)).isTrue();
    assertThat(lives(runaway)).isTrue();
    assertThat(service.stop(SOON).isDone()).isTrue();
    assertThat(lives(child)).isFalse();
    assertThat(lives(runaway)).isFalse();
  }

  @Test
  void diesWhenItsGuardianIsKilled() throws Exception {
    SupervisedProcess service = bash("exec sleep 100");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    long process = processOf(service);
    long guardian = ProcessHandle.of(process).orElseThrow().parent().orElseThrow().pid();
    assertThat(ProcessHandle.of(guardian).orElseThrow().destroyForcibly()).isTrue();
    awaitDeath(process, SOON);
    assertThat(service.check()).isInstanceOf(Condition.Stopped.class);
    assertThat(service.start(THIRD, SOON)).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void saysWhatItWroteWhenItEndsAtOnce() throws Exception {
    Outcome outcome = bash("echo 'no such ledger' >&2; exit 3").start(THIRD, SOON);
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(outcome.sentence()).contains("ended by itself with 3").contains("no such ledger");
  }

  @Test
  void saysSoWhenTheProgramIsMissing() throws Exception {
    SupervisedProcess service =
        service(List.of("/nowhere/ledger"), Optional.empty(), Optional.empty());
    assertThat(service.readiness())
        .extracting(Readiness::result)
        .containsExactly(Readiness.Result.FAIL);
    assertThat(service.start(THIRD, SOON).sentence()).contains("/nowhere/ledger");
  }

  @Test
  void isStoppedAgainWhenItIsNeverWell() throws Exception {
    int port = FreePort.next();
    SupervisedProcess service =
        service(
            List.of("/bin/bash", "-c", "echo $$ > " + state + "/pid; exec sleep 100"),
            Optional.empty(),
            Optional.of(
                new ResourceConfig.Health(
                    new ResourceConfig.Probe.Tcp(new Endpoint("127.0.0.1", port)),
                    Duration.ofSeconds(1),
                    3,
                    Duration.ofMillis(200))));
    Outcome outcome = service.start(THIRD, Duration.ofSeconds(4));
    assertThat(outcome.sentence()).contains("not well").contains("refuses").contains("stopped");
    assertThat(lives(readNumber("pid"))).isFalse();
  }

  @Test
  void runsAsTheConfiguredUser() throws Exception {
    SupervisedProcess service =
        service(
            List.of("/bin/bash", "-c", "id -un; id -Gn; exec sleep 100"),
            Optional.of("nobody"),
            Optional.empty());
    assertThat(service.readiness())
        .extracting(Readiness::result)
        .containsOnly(Readiness.Result.PASS);
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    assertThat(state.resolve("services/ledger/output.log")).hasContent("nobody\nnogroup");
    long process = processOf(service);
    long guardian = ProcessHandle.of(process).orElseThrow().parent().orElseThrow().pid();
    ProcessHandle.of(guardian).orElseThrow().destroyForcibly();
    awaitDeath(process, SOON);
  }

  @Test
  void isNotStartedWithoutAMandate() throws Exception {
    SupervisedProcess service = bash("exec sleep 100");
    service.extend(clock.now());
    assertThat(service.start(THIRD, SOON).sentence()).contains("no valid mandate");
  }

  @Test
  void anExtensionThatArrivesLateExtendsNothing() throws Exception {
    SupervisedProcess service = bash("exec sleep 100");
    assertThat(service.start(THIRD, SOON).isDone()).isTrue();
    long process = processOf(service);
    long guardian = ProcessHandle.of(process).orElseThrow().parent().orElseThrow().pid();
    signal("STOP", guardian);
    service.extend(clock.now().plus(Duration.ofSeconds(6)));
    TimeUnit.MILLISECONDS.sleep(6100); // the order lies in the pipe until its time is over
    signal("CONT", guardian);
    awaitDeath(process, Duration.ofMillis(5900));
  }

  private static void signal(String name, long process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process).start().waitFor()).isZero();
  }
}
