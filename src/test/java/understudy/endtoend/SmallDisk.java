package understudy.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A file system in memory, of a given size, mounted until it is closed. */
final class SmallDisk implements AutoCloseable {
  private final Path place;

  private SmallDisk(Path place) {
    this.place = place;
  }

  static SmallDisk mount(Path place, int mebibytes) throws IOException {
    demand(
        List.of(
            "mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", place.toString()));
    return new SmallDisk(place);
  }

  void grow(int mebibytes) throws IOException {
    demand(List.of("mount", "-o", "remount,size=" + mebibytes + "m", place.toString()));
  }

  @Override
  public void close() throws IOException {
    demand(List.of("umount", "--lazy", place.toString()));
  }

  private static void demand(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }
}
