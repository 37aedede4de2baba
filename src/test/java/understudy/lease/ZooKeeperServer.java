package understudy.lease;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.apache.curator.test.TestingServer;

/** A real ZooKeeper server within this process, which takes its files away when it is closed. */
public final class ZooKeeperServer implements AutoCloseable {
  private final Set<Path> before = configurations();
  private final TestingServer server = new TestingServer(true);

  public ZooKeeperServer() throws Exception {}

  public String address() {
    return server.getConnectString();
  }

  public void stop() throws IOException {
    server.stop();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Path left : configurations()) {
      if (!before.contains(left)) {
        Files.deleteIfExists(left);
      }
    }
  }

  /** The server writes one at each start and never deletes it. */
  private static Set<Path> configurations() throws IOException {
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    var found = new HashSet<Path>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "zookeeper.configuration*.properties")) {
      files.forEach(found::add);
    }
    return found;
  }
}
