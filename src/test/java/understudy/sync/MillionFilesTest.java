package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.linux.Directory;

/**
 * Very many files are synced by two processes whose heaps are too small to remember each of them:
 * 200,000 in 24 MiB by default; {@code -Dunderstudy.million=1000 -Dunderstudy.million.heap=64}
 * makes it a million in 64 MiB.
 */
class MillionFilesTest {
  private static final int DIRECTORIES = Integer.getInteger("understudy.million", 200);
  private static final int FILES_EACH = 1000;
  private static final int HEAP_MEBIBYTES = Integer.getInteger("understudy.million.heap", 24);
  private static final int CROWDED_HEAP_MEBIBYTES = 40;

  private Path home;
  private Path source;
  private Path target;
  private final List<Process> servers = new ArrayList<>();

  @BeforeEach
  void make() throws IOException {
    home = Files.createTempDirectory("understudy-million");
    source = Files.createDirectory(home.resolve("source"));
    target = home.resolve("target");
  }

  @AfterEach
  void remove() throws Exception {
    for (Process server : servers) {
      server.destroyForcibly().waitFor();
    }
    try (Directory parent = Directory.open(home.toAbsolutePath().resolve(".."))) {
      Reserved.removeAll(parent, Reserved.ascii(home.getFileName().toString()));
    }
  }

  private static void fill(Directory directory, int files) throws IOException {
    for (int at = 0; at < files; at++) {
      directory.create(Reserved.ascii("file" + at), 0644).close();
    }
  }

  private static BufferedReader said(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Answers the port. */
  private String serve(int heapMebibytes) throws IOException {
    Process server =
        ChildNode.startSmall(
            heapMebibytes, "serve", source.toString(), home.resolve("served").toString());
    servers.add(server);
    BufferedReader lines = said(server);
    assertThat(lines.readLine()).isEqualTo("open");
    return lines.readLine().substring("port ".length());
  }

  /** What the follower says at its end. */
  private String pulled(int heapMebibytes, String port) throws Exception {
    Process once =
        ChildNode.startSmall(
            heapMebibytes, "once", target.toString(), home.resolve("followed").toString(), port);
    try (BufferedReader lines = said(once)) {
      String all = String.join(" ", lines.lines().toList());
      assertThat(once.waitFor()).as(all).isZero();
      return all;
    }
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> names = Files.list(directory)) {
      return names.count();
    }
  }

  @Test
  void veryManyFilesFitIntoASmallHeapOnBothSides() throws Exception {
    try (Directory root = Directory.open(source)) {
      for (int at = 0; at < DIRECTORIES; at++) {
        byte[] name = Reserved.ascii("d" + at);
        root.createDirectory(name, 0755);
        try (Directory each = root.directory(name)) {
          fill(each, FILES_EACH);
        }
      }
    }
    String port = serve(HEAP_MEBIBYTES);
    int files = DIRECTORIES * FILES_EACH;
    assertThat(pulled(HEAP_MEBIBYTES, port)).contains("result Done[", "files=" + files + ",");
    for (int at : List.of(0, DIRECTORIES / 2, DIRECTORIES - 1)) {
      assertThat(count(target.resolve("d" + at))).isEqualTo(FILES_EACH);
    }
    assertThat(pulled(HEAP_MEBIBYTES, port)).contains("result Unchanged[");
    Files.writeString(source.resolve("d7/file7"), "changed");
    assertThat(pulled(HEAP_MEBIBYTES, port)).contains("result Done[", "files=1,");
    assertThat(target.resolve("d7/file7")).hasContent("changed");
  }

  @Test
  void veryManyHardLinkedFilesFitIntoASmallHeapToo() throws Exception {
    Path last = source;
    for (int at = 0; at < DIRECTORIES / 2; at++) {
      Path names = Files.createDirectory(source.resolve("d" + at));
      last = Files.createDirectory(source.resolve("later" + at));
      try (Directory directory = Directory.open(names);
          Directory further = Directory.open(last)) {
        fill(directory, FILES_EACH);
        for (int file = 0; file < FILES_EACH; file++) {
          byte[] name = Reserved.ascii("file" + file);
          directory.link(name, further, name);
        }
      }
    }
    String port = serve(HEAP_MEBIBYTES);
    assertThat(pulled(HEAP_MEBIBYTES, port)).contains("result Done[");
    assertThat(pulled(HEAP_MEBIBYTES, port)).contains("result Unchanged[");
    Path copy = target.resolve(source.relativize(last)).resolve("file7");
    Path first = target.resolve(last.getFileName().toString().replace("later", "d"));
    assertThat(Files.isSameFile(copy, first.resolve("file7"))).isTrue();
  }

  @Test
  void aDirectoryOfAsManyFilesAsTheHeapAllowsIsSyncedAndALargerOneIsNamed() throws Exception {
    Path crowd = Files.createDirectory(source.resolve("crowd"));
    int most = Crowd.mostEntries((long) (CROWDED_HEAP_MEBIBYTES * 0.95 * (1 << 20)));
    try (Directory directory = Directory.open(crowd)) {
      fill(directory, most);
    }
    String port = serve(CROWDED_HEAP_MEBIBYTES);
    assertThat(pulled(CROWDED_HEAP_MEBIBYTES, port))
        .contains("result Done[", "files=" + most + ",");
    Files.writeString(crowd.resolve("file7"), "changed");
    assertThat(pulled(CROWDED_HEAP_MEBIBYTES, port)).contains("result Done[", "files=1,");
    Files.writeString(source.resolve("beside"), "beside");
    try (Directory directory = Directory.open(crowd)) {
      for (int at = 0; at < most / 10; at++) {
        directory.create(Reserved.ascii("more" + at), 0644).close();
      }
    }
    assertThat(pulled(CROWDED_HEAP_MEBIBYTES, port))
        .contains("'crowd' is larger or deeper than sync takes at the source");
    assertThat(target.resolve("beside")).exists();
    assertThat(count(target.resolve("crowd"))).isEqualTo(most); // its last good version
  }
}
