package understudy.resource.unit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import understudy.resource.Eventually;
import understudy.resource.Privileges;

/**
 * A real systemd that knows nothing but the units of a test: first process of namespaces of its
 * own, in a control group of its own, with empty {@code /run}, {@code /tmp} and {@code /var} and
 * all else read-only. It must never see the machine's units: some of them empty {@code /tmp}.
 */
final class PrivateSystemd implements AutoCloseable {
  private static final Path SYSTEMD = Path.of("/lib/systemd/systemd");
  private static final String BOOT =
      """
      set -e
      mkdir "$1"
      echo $$ > "$1/cgroup.procs"
      exec unshare --pid --mount --uts --ipc --cgroup --fork --kill-child --propagation private \
      bash -ec '
        mount -t proc proc /proc
        mount --bind /proc/sys /proc/sys
        mount -o remount,bind,ro /proc/sys
        mkdir -p /run/understudy-units
        mount --bind "$1" /run/understudy-units
        for place in /tmp /var /dev/shm; do mount -t tmpfs tmpfs $place; done
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/units
        mount --move /run/understudy-units /mnt/units
        rmdir /run/understudy-units
        mount -t tmpfs tmpfs /run
        umount -R /sys/fs/cgroup
        mount -t cgroup2 none /sys/fs/cgroup
        mount -o remount,bind,ro /
        export SYSTEMD_UNIT_PATH=/mnt/units container=test SYSTEMD_LOG_TARGET=null
        exec /lib/systemd/systemd --system --unit=idle.target --show-status=0
      ' bash "$2"
      """;

  private final Path group;
  private final Process shell;
  private final long manager;

  PrivateSystemd(Path units) throws Exception {
    Privileges.requireRoot();
    Privileges.require(Files.isExecutable(SYSTEMD), "the package systemd");
    Path root =
        Files.readString(Path.of("/proc/self/mountinfo"))
            .lines()
            .filter(line -> line.contains(" - cgroup2 "))
            .map(line -> Path.of(line.split(" ", 6)[4]))
            .findFirst()
            .orElse(Path.of("/nowhere"));
    Privileges.require(Files.isWritable(root.resolve("cgroup.procs")), "control groups version 2");
    group = root.resolve("ustest" + ProcessHandle.current().pid());
    Files.writeString(units.resolve("idle.target"), "[Unit]\nDefaultDependencies=no\n");
    shell =
        new ProcessBuilder("bash", "-c", BOOT, "bash", group.toString(), units.toString())
            .inheritIO()
            .start();
    Eventually.await("systemd answers", Duration.ofSeconds(10), this::isAnswering);
    manager = shell.children().findFirst().orElseThrow().pid();
  }

  /** {@code systemctl} for this systemd. */
  List<String> systemctl() {
    return systemctl(manager);
  }

  private static List<String> systemctl(long manager) {
    return List.of("nsenter", "--target", "" + manager, "--mount", "--pid", "systemctl");
  }

  private boolean isAnswering() throws Exception {
    if (!shell.isAlive()) {
      throw new IOException("systemd ended with " + shell.exitValue());
    }
    var child = shell.children().findFirst();
    if (child.isEmpty()) {
      return false;
    }
    Process asked =
        new ProcessBuilder(
                Stream.concat(
                        systemctl(child.get().pid()).stream(),
                        Stream.of("is-active", "idle.target"))
                    .toList())
            .redirectErrorStream(true)
            .start();
    return asked.waitFor(5, TimeUnit.SECONDS) && asked.exitValue() == 0;
  }

  @Override
  public void close() throws IOException {
    ProcessHandle.of(manager).ifPresent(ProcessHandle::destroyForcibly);
    try {
      Eventually.await(
          "the control groups of systemd are empty",
          Duration.ofSeconds(5),
          () -> Files.readString(group.resolve("cgroup.events")).contains("populated 0"));
      List<Path> groups;
      try (Stream<Path> walk = Files.walk(group)) {
        groups = walk.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
      }
      for (Path each : groups) {
        Files.delete(each);
      }
    } catch (IOException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IOException(failed);
    }
  }
}
