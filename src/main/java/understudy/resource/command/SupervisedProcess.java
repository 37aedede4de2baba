package understudy.resource.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.ResourceConfig;
import understudy.failover.Term;
import understudy.resource.Condition;
import understudy.resource.Lapsing;
import understudy.resource.Mandate;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.resource.probe.HealthCheck;
import understudy.resource.program.Program;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * One long-lived program under a {@link Guardian} that ends it when the mandate ends. A process
 * that leaves the service's session is ended too where the daemon may make control groups, and else
 * as long as it keeps its environment.
 */
public final class SupervisedProcess implements Resource, Lapsing {
  private static final Logger LOG = LoggerFactory.getLogger(SupervisedProcess.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(3);

  /** Without a health check: a program that lives so long counts as started. */
  private static final Duration SETTLED = Duration.ofMillis(150);

  private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);

  private final ResourceConfig.Supervised config;
  private final Surroundings surroundings;
  private final Mandate mandate;
  private final Guardian guardian;
  private final OutputLog output;
  private final Optional<HealthCheck> health;
  private volatile boolean isFailing;

  public SupervisedProcess(
      ResourceConfig.Supervised config, Surroundings surroundings, Clock clock) {
    this.config = config;
    this.surroundings = surroundings;
    mandate = new Mandate(clock);
    guardian =
        new Guardian(surroundings.directory(config.name()), surroundings.mark(config.name()));
    output = new OutputLog(guardian.output());
    health = config.health().map(HealthCheck::new);
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public Outcome start(Term term, Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    if (!mandate.isValid()) {
      return failed("there is no valid mandate", "nothing: the node starts it when it may");
    }
    try {
      if (guardian.running().isPresent() && isAsConfigured() && guardian.extend(mandate)) {
        return confirm(output.size(), deadline, "was running and is adopted");
      }
      Outcome stopped = stop(config.stopAfter().plus(Guardian.answersWithin()));
      if (!stopped.isDone()) {
        return stopped;
      }
      return launch(term, deadline);
    } catch (IOException failed) {
      return failed(String.valueOf(failed.getMessage()), "see the state directory's rights");
    }
  }

  private Outcome launch(Term term, long deadline) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/setpriv", "--pdeathsig", "KILL"));
    if (config.user().isPresent()) {
      String user = config.user().get();
      Program.Result group = Program.of("id", "-g", "--", user).run(LOOK_WITHIN);
      if (!(group instanceof Program.Result.Exited(int code, String number)) || code != 0) {
        return failed("user " + user + ": id " + group.text(), "create the user on this node");
      }
      command.addAll(List.of("--reuid", user, "--regid", number.strip(), "--init-groups"));
    }
    command.add("--");
    command.addAll(config.run());
    output.keepBounded();
    long logged = output.size();
    Map<String, String> environment =
        surroundings.environment(config.environment(), "active", Optional.of(term));
    guardian.start(command, environment, config.directory(), mandate);
    Files.writeString(fingerprintFile(), fingerprint());
    while (guardian.running().isEmpty() && guardian.ended().isEmpty()) {
      if (System.nanoTime() > deadline) {
        return giveUp("its guardian did not begin in time", logged);
      }
      pause();
    }
    return confirm(logged, deadline, "started");
  }

  private Outcome confirm(long logged, long deadline, String how)
      throws IOException, InterruptedException {
    String evidence = how;
    if (health.isPresent()) {
      HealthCheck.Finding finding = health.get().awaitWell(deadline, this::isAlive);
      if (!finding.isWell() && isAlive()) {
        return giveUp("it is not well: " + finding.evidence(), logged);
      }
      evidence = how + ", " + finding.evidence();
    } else {
      long settled = Math.min(deadline, System.nanoTime() + SETTLED.toNanos());
      while (isAlive() && System.nanoTime() < settled) {
        pause();
      }
    }
    Optional<Guardian.Running> running = isAlive() ? guardian.running() : Optional.empty();
    if (running.isEmpty()) {
      awaitReport();
    }
    return running.isPresent()
        ? new Outcome.Done(
            config.name() + " " + evidence + " (process " + running.get().service() + ")")
        : failed(ending() + lastLines(logged), "see " + output.path());
  }

  private boolean isAlive() {
    try {
      Optional<Guardian.Running> running = guardian.running();
      return running.isPresent()
          && guardian.ended().isEmpty()
          && LiveProcess.lives(running.get().service());
    } catch (IOException unknown) {
      LOG.debug("{}: {}", name(), unknown.getMessage());
      return false;
    }
  }

  /** The guardian cleans up behind a service that ended, then says how it ended. */
  private void awaitReport() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Guardian.answersWithin().toNanos();
    while (guardian.ended().isEmpty() && isGuarded() && System.nanoTime() < deadline) {
      pause();
    }
  }

  private Outcome giveUp(String reason, long logged) throws IOException, InterruptedException {
    String lines = lastLines(logged);
    Outcome stopped = stop(config.stopAfter().plus(Guardian.answersWithin()));
    String end = stopped.isDone() ? "; stopped again" : "; " + stopped.sentence();
    return failed(reason + end + lines, "see " + output.path());
  }

  private String lastLines(long from) throws IOException {
    String lines = output.tail(from);
    return lines.isEmpty() ? "; it wrote nothing" : "; it wrote: " + lines;
  }

  private String ending() throws IOException {
    return guardian
        .ended()
        .map(
            end ->
                switch (end.cause()) {
                  case "mandate" -> "its mandate ran out and it was killed";
                  case "stopped" -> "it was stopped";
                  case "killed" -> "it ignored TERM and was killed";
                  default -> "it ended by itself with " + end.code();
                })
        .orElse("it is gone");
  }

  @Override
  public Outcome stop(Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    Duration grace = config.stopAfter().compareTo(within) < 0 ? config.stopAfter() : within;
    try {
      if (guardian.stop(grace)) {
        while (isGuarded() && System.nanoTime() < deadline) {
          pause();
        }
      }
      if (isGuarded()) {
        killGuardian();
      }
      guardian.release();
      boolean isKnownEnd = guardian.ended().isPresent();
      if (!isKnownEnd && Files.exists(fingerprintFile())) {
        guardian.sweep();
      }
      if (guardian.isServiceLeft()) {
        return failed("it could not be ended", "look for its processes and end them");
      }
      Files.deleteIfExists(fingerprintFile());
      return new Outcome.Done(config.name() + ": " + (isKnownEnd ? ending() : "nothing runs"));
    } catch (IOException failed) {
      return failed(String.valueOf(failed.getMessage()), "look for its processes and end them");
    }
  }

  /** The guardian itself hangs: without it the service dies, and what is left is swept. */
  private void killGuardian() throws IOException {
    guardian
        .running()
        .flatMap(it -> ProcessHandle.of(it.guardian()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  private boolean isGuarded() throws IOException {
    guardian.release();
    return guardian.running().isPresent();
  }

  private static void pause() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
  }

  @Override
  public Condition check() throws InterruptedException {
    try {
      output.keepBounded();
      Optional<Guardian.Running> running = guardian.running();
      if (running.isEmpty() || !isAlive()) {
        return new Condition.Stopped(guardian.ended().isPresent() ? ending() : "it does not run");
      }
      if (health.isPresent()) {
        HealthCheck.Finding finding = health.get().ask();
        if (!finding.isWell()) {
          return new Condition.Sick(finding.evidence());
        }
      }
      return new Condition.Started("process " + running.get().service());
    } catch (IOException failed) {
      return new Condition.Unknown(String.valueOf(failed.getMessage()));
    }
  }

  @Override
  public void extend(Moment until) {
    mandate.extend(until);
    try {
      guardian.extend(mandate);
      isFailing = false;
    } catch (IOException failed) {
      if (!isFailing) {
        LOG.error(
            "{}: cannot prolong it, so it is ended with the mandate: {}",
            name(),
            failed.getMessage());
      }
      isFailing = true;
    }
  }

  @Override
  public List<Readiness> readiness() throws InterruptedException {
    List<Readiness> findings = new ArrayList<>();
    findings.add(Executables.readiness(config.run().getFirst(), config.directory()));
    if (config.user().isPresent()) {
      findings.add(Executables.userReadiness(config.user().get()));
    }
    return findings;
  }

  private boolean isAsConfigured() throws IOException {
    return Files.exists(fingerprintFile())
        && Files.readString(fingerprintFile()).equals(fingerprint());
  }

  private Path fingerprintFile() {
    return surroundings.directory(config.name()).resolve("started-as");
  }

  private String fingerprint() {
    return Surroundings.digest(
        String.join(
            "\0",
            config.run().toString(),
            config.user().toString(),
            config.directory().toString(),
            new java.util.TreeMap<>(config.environment()).toString()));
  }

  private Outcome failed(String reason, String fix) {
    return new Outcome.Failed(config.name() + ": " + reason, fix);
  }

  @Override
  public void release() {
    guardian.release();
  }
}
