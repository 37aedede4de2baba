package understudy.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import understudy.demo.lab.LabException;

/**
 * Cleans up when the demo is killed: a small shell process that sees its input end, ends every
 * process that names the demo's directory, and removes it and the demo's network namespaces. When
 * the demo ends in order it is told so, and leaves all to it.
 */
final class Janitor implements AutoCloseable {
  private static final String SCRIPT =
      """
      read -r word
      [ "$word" = done ] && exit 0
      for pass in 1 2 3 4 5; do
        found=
        for process in /proc/[0-9]*; do
          id=${process#/proc/}
          [ "$id" = $$ ] && continue
          case $(tr '\\0' ' ' 2>/dev/null <"$process/cmdline")/ in
            *"$1/"*) kill -KILL "$id" 2>/dev/null && found=1 ;;
          esac
        done
        [ -n "$found" ] || break
        sleep 0.1
      done
      while read -r device place rest; do
        case $place in "$1/"*) umount --lazy "$place" ;; esac
      done </proc/mounts
      [ "$2" = keep ] || rm -rf "$1"
      ip netns list 2>/dev/null | while read -r name rest; do
        case $name in
          "$3"*)
            ip netns pids "$name" 2>/dev/null | while read -r id; do kill -KILL "$id"; done
            ip netns delete "$name"
            ;;
        esac
      done
      """;

  private final Process process;

  private Janitor(Process process) {
    this.process = process;
  }

  /**
   * Begins to wait.
   *
   * @param work the demo's directory
   * @param keep leaves the directory
   */
  static Janitor start(Path work, boolean keep) throws LabException {
    String namespaces = "us" + ProcessHandle.current().pid() + "-";
    List<String> command =
        List.of(
            "setsid",
            "sh",
            "-c",
            SCRIPT,
            "understudy demo janitor",
            work.toString(),
            keep ? "keep" : "remove",
            namespaces);
    try {
      return new Janitor(
          new ProcessBuilder(command)
              .redirectOutput(new File("/dev/null"))
              .redirectError(new File("/dev/null"))
              .start());
    } catch (IOException failed) {
      throw new LabException("could not start " + command.getFirst(), failed);
    }
  }

  /** All is cleaned up already. */
  @Override
  public void close() {
    try (var in = process.outputWriter()) {
      in.write("done\n");
    } catch (IOException gone) {
      process.destroy();
    }
    process.onExit().join();
  }
}
