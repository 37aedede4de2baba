package understudy.resource.assembly;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import understudy.config.ResourceConfig;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.linux.BootTime;
import understudy.resource.command.Surroundings;
import understudy.resource.gate.Gate;
import understudy.resource.probe.ConnectivityProbe;
import understudy.time.Clock;

/** A daemon in small: starts everything and renews its mandate until it is killed. */
final class OwnerProgram {
  private OwnerProgram() {}

  public static void main(String[] arguments) throws Exception {
    Path state = Path.of(arguments[0]);
    Duration lease = Duration.ofMillis(Long.parseLong(arguments[1]));
    String pidFile = state + "/pid";
    Clock clock = new BootTime();
    List<ResourceConfig> configs =
        List.of(
            new ResourceConfig.SharedIp("ip", InetAddress.getByName("10.77.0.50"), 24, "eth0"),
            new ResourceConfig.Supervised(
                "service",
                List.of("bash", "-c", "echo $$ > " + pidFile + "; exec sleep 100"),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Duration.ofSeconds(1),
                Optional.empty()));
    ResourceSet set =
        ResourceSet.of(configs, new Surroundings("test", new NodeName("alpha"), state), clock);
    set.readiness().forEach(it -> System.out.println("readiness " + it));
    System.out.println(new ConnectivityProbe(List.of("127.0.0.1"), Duration.ofSeconds(2)).ask());
    System.out.println(set.gate().ensure());
    set.extend(clock.now().plus(lease.plusSeconds(5)));
    ResourceSet.Report report = set.startAll(new Term(1), Duration.ofSeconds(5));
    report.steps().forEach(System.out::println);
    System.out.println(set.gate().move(Gate.State.OPEN));
    System.out.println(report.isDone() ? "holding" : "failed");
    while (report.isDone()) {
      set.extend(clock.now().plus(lease));
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
