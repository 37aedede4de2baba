package understudy.lease;

import java.time.Duration;
import java.util.Optional;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Against a real ZooKeeper server within this process. */
final class ZooKeeperStoreTest extends StoreContract {
  private TestingServer server;

  @BeforeEach
  void begin() throws Exception {
    server = new TestingServer(true);
  }

  @AfterEach
  void end() throws Exception {
    server.close();
  }

  @Override
  Store open(String key) {
    return new ZooKeeperStore(
        server.getConnectString(),
        key,
        Optional.of(new Credentials("understudy", "secret")),
        Duration.ofSeconds(2));
  }

  @Override
  void stop() throws Exception {
    server.stop();
  }
}
