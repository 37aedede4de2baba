package understudy.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * rsync as the peer of a figure: over ssh to a private sshd with keys of its own, or to its own
 * daemon, in clear text. Nothing of this machine's configuration is touched.
 */
final class Rsync implements AutoCloseable {
  private static final int SSH_PORT = 7201;
  private static final int DAEMON_PORT = 7202;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/bin/rsync"), Path.of("/usr/sbin/sshd"), Path.of("/usr/bin/ssh-keygen"));

  private final Path work;
  private final Ground ground;
  private final Clock clock;
  private final Process shell;
  private final Process daemon;

  /** How it is run. */
  enum Way {
    SSH("rsync-ssh", "--archive"),
    SSH_DURABLE("rsync-ssh-fsync", "--fsync"),
    SSH_IN_PLACE("rsync-ssh-inplace", "--inplace"),
    DAEMON("rsync-daemon", "--archive");

    private final String word;
    private final String option;

    Way(String word, String option) {
      this.word = word;
      this.option = option;
    }

    String word() {
      return word;
    }

    static List<String> words() {
      return Arrays.stream(values()).map(Way::word).toList();
    }
  }

  private Rsync(Path work, Ground ground, Clock clock) throws DemoException, InterruptedException {
    this.work = work;
    this.ground = ground;
    this.clock = clock;
    try {
      Files.createDirectories(work);
      this.daemon = daemon();
      this.shell = shell();
    } catch (IOException failed) {
      throw new DemoException("cannot start rsync and sshd: are they installed?", failed);
    }
  }

  static Rsync start(Path work, Ground ground, Clock clock)
      throws DemoException, InterruptedException {
    for (Path program : PROGRAMS) {
      if (!Files.isExecutable(program)) {
        throw new DemoException(
            program
                + ", which this bench measures beside us, is not installed; apt-get install -y rsync"
                + " openssh-server");
      }
    }
    return new Rsync(work, ground, clock);
  }

  private Process daemon() throws IOException {
    Path settings = work.resolve("rsyncd.conf");
    Files.writeString(
        settings,
        "use chroot = no\nreverse lookup = no\nuid = 0\ngid = 0\n[all]\npath = /\nread only = yes\n");
    return launch(
        List.of(
            "rsync",
            "--daemon",
            "--no-detach",
            "--config=" + settings,
            "--port=" + DAEMON_PORT,
            "--address=127.0.0.1"));
  }

  private Process shell() throws IOException, DemoException, InterruptedException {
    for (String key : List.of("host_key", "user_key")) {
      Process made =
          launch(
              List.of(
                  "ssh-keygen",
                  "-q",
                  "-t",
                  "ed25519",
                  "-N",
                  "",
                  "-f",
                  work.resolve(key).toString()));
      if (made.waitFor() != 0) {
        throw new DemoException("ssh-keygen failed: see " + log());
      }
    }
    Files.copy(work.resolve("user_key.pub"), work.resolve("authorized_keys"));
    Files.createDirectories(Path.of("/run/sshd"));
    Path settings = work.resolve("sshd_config");
    Files.writeString(
        settings,
        """
        Port %d
        ListenAddress 127.0.0.1
        HostKey %s/host_key
        AuthorizedKeysFile %s/authorized_keys
        StrictModes no
        UsePAM no
        PidFile none
        PermitRootLogin yes
        PasswordAuthentication no
        PrintMotd no
        """
            .formatted(SSH_PORT, work, work));
    return launch(List.of("/usr/sbin/sshd", "-D", "-e", "-f", settings.toString()));
  }

  private Path log() {
    return work.resolve("log");
  }

  private Process launch(List<String> command) throws IOException {
    return new ProcessBuilder(ground.outside(command))
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  /** Makes {@code target} equal to {@code source}. */
  SyncFigures sync(Way way, Path source, Path target)
      throws DemoException, InterruptedException, IOException {
    Files.createDirectories(target);
    long server = way == Way.DAEMON ? daemon.pid() : shell.pid();
    double before = SyncMeter.seconds(server);
    long wire = SyncMeter.wireBytes(server);
    Path times = work.resolve("times");
    List<String> command = command(way, source, target);
    String script = "\"$@\" || exit; times > '" + times + "'";
    List<String> timed = new ArrayList<>(List.of("bash", "-c", script, "bash"));
    timed.addAll(command);
    Moment begun = clock.now();
    Process client = launch(timed);
    int code;
    double seconds;
    long receiverPeak;
    long senderPeak;
    try (var peaks = new SyncMeter.Peaks(List.of(client.pid(), server))) {
      code = client.waitFor();
      seconds = begun.until(clock.now()).toNanos() / 1e9;
      receiverPeak = peaks.of(client.pid());
      senderPeak = peaks.of(server);
    }
    if (code != 0) {
      throw new DemoException(String.join(" ", command) + " ended with " + code + ": see " + log());
    }
    awaitAlone(server);
    return new SyncFigures(
        seconds,
        new SyncFigures.Ends(childSeconds(times), SyncMeter.seconds(server) - before),
        SyncMeter.wireBytes(server) - wire,
        new SyncFigures.Peak(receiverPeak, senderPeak));
  }

  private List<String> command(Way way, Path source, Path target) {
    List<String> command = new ArrayList<>(List.of("rsync", "-a", way.option));
    command.addAll(List.of("--delete", "--exclude=/.understudy"));
    if (way == Way.DAEMON) {
      command.add("rsync://127.0.0.1:" + DAEMON_PORT + "/all" + source + "/");
    } else {
      command.addAll(
          List.of(
              "-e",
              ("ssh -p %d -i %s/user_key -F none -o StrictHostKeyChecking=no -o LogLevel=ERROR"
                      + " -o UserKnownHostsFile=/dev/null -o BatchMode=yes -c aes128-gcm@openssh.com")
                  .formatted(SSH_PORT, work)));
      command.add("root@127.0.0.1:" + source + "/");
    }
    command.add(target + "/");
    return command;
  }

  /** A server's children count once they have ended. */
  private void awaitAlone(long server) throws DemoException {
    Moment end = clock.now().plus(PATIENCE);
    while (ProcessHandle.of(server).stream().flatMap(ProcessHandle::children).count() > 0) {
      if (clock.now().isAfter(end)) {
        throw new DemoException("a child of the server does not end: see " + log());
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }

  /** The second line of the shell's own {@code times}: user and system time of its children. */
  private static double childSeconds(Path times) throws IOException {
    double sum = 0;
    for (String part : Files.readAllLines(times).get(1).split(" ", -1)) {
      String[] minutes = part.replace("s", "").split("m", -1);
      sum += Double.parseDouble(minutes[0]) * 60 + Double.parseDouble(minutes[1]);
    }
    return sum;
  }

  /** Returns when both servers accept connections. */
  void awaitReady() throws DemoException {
    Moment end = clock.now().plus(PATIENCE);
    for (int port : List.of(SSH_PORT, DAEMON_PORT)) {
      while (!listens(port)) {
        if (clock.now().isAfter(end)) {
          throw new DemoException("nothing listens on port " + port + ": see " + log());
        }
        LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      }
    }
  }

  /** Looks at the table of the servers' own network namespace. */
  private boolean listens(int port) throws DemoException {
    String local = "0100007F:%04X".formatted(port);
    try {
      return Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/net/tcp")).stream()
          .anyMatch(line -> line.contains(local + " 00000000:0000 0A"));
    } catch (IOException gone) {
      throw new DemoException("rsync's daemon is gone: see " + log(), gone);
    }
  }

  @Override
  public void close() {
    daemon.destroy();
    shell.destroy();
    daemon.onExit().join();
    shell.onExit().join();
  }
}
