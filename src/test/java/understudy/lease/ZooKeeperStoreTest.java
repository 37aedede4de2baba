package understudy.lease;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Against a real ZooKeeper server within this process. */
final class ZooKeeperStoreTest extends StoreContract {
  private ZooKeeperServer server;

  @BeforeEach
  void begin() throws Exception {
    server = new ZooKeeperServer();
  }

  @AfterEach
  void end() throws Exception {
    server.close();
  }

  @Override
  Store open(String key, Duration limit) {
    return new ZooKeeperStore(
        server.address(), key, Optional.of(new Credentials("understudy", "secret")), limit);
  }

  @Override
  void stop() throws Exception {
    server.stop();
  }
}
