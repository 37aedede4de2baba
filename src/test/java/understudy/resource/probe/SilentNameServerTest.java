package understudy.resource.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.resource.Link;

/** The machine's name servers take every question and answer none: the resolver waits for long. */
class SilentNameServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int DNS = 53;

  private final List<DatagramSocket> silent = new ArrayList<>();
  private Link link;

  @BeforeEach
  void takeTheirPlace() throws Exception {
    link = new Link();
    for (String server : nameServers()) {
      InetAddress address = InetAddress.getByName(server);
      if (!address.isLoopbackAddress()) {
        link.client.ip("address add " + server + " dev lo");
      }
      silent.add(link.client.in(() -> new DatagramSocket(new InetSocketAddress(address, DNS))));
    }
  }

  /** As {@code resolv.conf(5)} has them; none means this machine. */
  private static List<String> nameServers() throws Exception {
    List<String> servers =
        Files.readAllLines(Path.of("/etc/resolv.conf")).stream()
            .filter(line -> line.startsWith("nameserver"))
            .map(line -> line.split("\\s+", -1)[1])
            .distinct()
            .toList();
    return servers.isEmpty() ? List.of("127.0.0.1") : servers;
  }

  @AfterEach
  void unplug() throws Exception {
    silent.forEach(DatagramSocket::close);
    link.close();
  }

  @Test
  void aNameThatDoesNotResolveHoldsNothingUp() throws Exception {
    var probe = new ConnectivityProbe(List.of("gateway.example", "10.77.0.11"), PATIENCE);
    long begun = System.nanoTime();

    List<ConnectivityProbe.Finding> first = link.client.in(probe::ask);
    List<ConnectivityProbe.Finding> second = link.client.in(probe::ask);

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE.multipliedBy(4));
    assertThat(first)
        .containsExactly(
            new ConnectivityProbe.Finding("gateway.example", false, "no answer within 2000 ms"),
            new ConnectivityProbe.Finding("10.77.0.11", true, "answered an echo request"));
    assertThat(second.getFirst().evidence())
        .isEqualTo("the last question is still without an answer");
    assertThat(ConnectivityProbe.isConnected(second)).isTrue();
  }
}
