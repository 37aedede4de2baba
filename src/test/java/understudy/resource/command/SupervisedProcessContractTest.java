package understudy.resource.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.ResourceConfig;
import understudy.failover.NodeName;
import understudy.linux.BootTime;
import understudy.resource.Resource;
import understudy.resource.ResourceContract;
import understudy.time.Clock;

class SupervisedProcessContractTest implements ResourceContract {
  @TempDir private Path state;
  private SupervisedProcess service;

  @BeforeEach
  void configure() {
    Clock clock = new BootTime();
    service =
        new SupervisedProcess(
            new ResourceConfig.Supervised(
                "sleeper",
                List.of("sleep", "100"),
                Optional.empty(),
                Optional.of(state),
                Map.of(),
                Duration.ofSeconds(1),
                Optional.empty()),
            new Surroundings("test", new NodeName("alpha"), state),
            clock);
    service.extend(clock.now().plus(Duration.ofSeconds(30)));
  }

  @AfterEach
  void stop() throws Exception {
    service.stop(SOON);
    service.release();
  }

  @Override
  public Resource resource() {
    return service;
  }
}
