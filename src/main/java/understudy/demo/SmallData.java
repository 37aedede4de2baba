package understudy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import understudy.demo.lab.AtExit;

/** A directory of a few small files to protect, there until it is closed or this process ends. */
final class SmallData implements AutoCloseable {
  private static final int FILES = 200;
  private static final int REPEATED = 100;

  private final Path directory;
  private final AtExit atExit = new AtExit("data to protect", this);

  private SmallData(Path directory) {
    this.directory = directory;
  }

  static SmallData write() throws DemoException {
    try {
      var data = new SmallData(Files.createTempDirectory("understudy-data-"));
      data.atExit.arm();
      for (Path file : data.files()) {
        Files.writeString(file, (file.getFileName() + "\n").repeat(REPEATED));
      }
      return data;
    } catch (IOException failed) {
      throw new DemoException("cannot write the data to protect", failed);
    }
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (int file = 0; file < FILES; file++) {
      files.add(directory.resolve("file-%03d".formatted(file)));
    }
    return files;
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws DemoException {
    try {
      for (Path file : files()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException failed) {
      throw new DemoException("cannot remove " + directory, failed);
    }
    atExit.disarm();
  }
}
