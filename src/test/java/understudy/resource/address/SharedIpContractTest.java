package understudy.resource.address;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import understudy.config.ResourceConfig;
import understudy.linux.BootTime;
import understudy.resource.Link;
import understudy.resource.Resource;
import understudy.resource.ResourceContract;
import understudy.time.Clock;

class SharedIpContractTest implements ResourceContract {
  private Link link;
  private SharedIp shared;

  @BeforeEach
  void plugIn() throws Exception {
    link = new Link();
    Clock clock = new BootTime();
    InetAddress address = InetAddress.getByName("10.77.0.50");
    shared = new SharedIp(new ResourceConfig.SharedIp("ip", address, 24, "eth0"), clock);
    shared.extend(clock.now().plus(Duration.ofSeconds(30)));
  }

  @AfterEach
  void unplug() throws Exception {
    shared.release();
    link.close();
  }

  @Override
  public Resource resource() {
    return shared;
  }

  @Override
  public <T> T there(Callable<T> work) throws Exception {
    return link.alpha.in(work);
  }
}
