package understudy.resource.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.config.Endpoint;
import understudy.config.ResourceConfig;
import understudy.config.ResourceConfig.GatedPort;
import understudy.config.ResourceConfig.Health;
import understudy.config.ResourceConfig.Probe;
import understudy.config.ResourceConfig.Protocol;
import understudy.failover.Term;
import understudy.resource.Condition;
import understudy.resource.Link;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;

/** Questions to real machines on a real link, as the client asks them. */
class ProbesTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  /** For what does answer, however busy the machine is. */
  private static final Duration LONG = Duration.ofSeconds(10);

  /** Far less than the kernel and the resolver wait by themselves. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private Link link;

  @TempDir private Path directory;

  @BeforeEach
  void plugIn() throws Exception {
    link = new Link();
  }

  @AfterEach
  void unplug() throws Exception {
    link.close();
  }

  private List<ConnectivityProbe.Finding> ask(String... targets) throws Exception {
    return ask(PATIENCE, targets);
  }

  private List<ConnectivityProbe.Finding> ask(Duration patience, String... targets)
      throws Exception {
    return link.client.in(() -> new ConnectivityProbe(List.of(targets), patience).ask());
  }

  @Test
  void aHostAnswersByEchoOrByRefusingAConnection() throws Exception {
    assertThat(ask(LONG, "10.77.0.11", "10.77.0.11:1", "fd77::12", "[fd77::12]:1"))
        .allSatisfy(it -> assertThat(it.isAnswered()).as(it.toString()).isTrue());
  }

  @Test
  void aHostThatIsNotThereDoesNotAnswerAndTakesOnlyTheTimeAgreed() throws Exception {
    link.client.ip("route add 10.99.0.0/16 via 10.77.0.11");
    long begun = System.nanoTime();
    List<ConnectivityProbe.Finding> findings =
        ask("10.77.0.99", "10.77.0.99:80", "10.99.0.1:80", "fd77::99", "192.0.2.1", "192.0.2.1:80");
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertThat(findings).allSatisfy(it -> assertThat(it.isAnswered()).as(it.toString()).isFalse());
    assertThat(took).isLessThan(SOON);
    assertThat(ConnectivityProbe.isConnected(findings)).isFalse();
  }

  @Test
  void aRequestThatIsLostIsMadeAgain() throws Exception {
    link.alpha.command("nft add table inet lossy");
    link.alpha.command("nft add chain inet lossy in { type filter hook input priority 0 ; }");
    link.alpha.command(
        "nft add rule inet lossy in icmp type echo-request numgen inc mod 4 != 3 counter drop");
    assertThat(ask(LONG, "10.77.0.11")).allSatisfy(it -> assertThat(it.isAnswered()).isTrue());
    assertThat(link.alpha.command("nft list table inet lossy")).containsPattern("packets [3-9] ");
  }

  @Test
  void oneAnswerIsEnoughToBeConnected() throws Exception {
    assertThat(ConnectivityProbe.isConnected(ask(SOON, "10.77.0.99", "10.77.0.11"))).isTrue();
    assertThat(ConnectivityProbe.isConnected(ask())).isTrue();
  }

  @Test
  void nonsenseIsAFindingAndNotAFailure() throws Exception {
    assertThat(ask("10.77.0.11:port", "no such name"))
        .allSatisfy(it -> assertThat(it.isAnswered()).isFalse());
  }

  private List<ResourceConfig> service(String address) throws Exception {
    InetAddress ip = InetAddress.getByName(address);
    return List.of(
        new ResourceConfig.SharedIp("ip", ip, ip.getAddress().length == 4 ? 24 : 64, "eth0"));
  }

  /** Asks until the machine was not too busy to hear the answer. */
  private static ServiceAddressProbe.Answer inTime(ServiceAddressProbe probe) throws Exception {
    var late = new ServiceAddressProbe.Answer.Unknown("the questions took longer than they should");
    ServiceAddressProbe.Answer answer = probe.ask();
    for (int more = 50; more > 0 && answer.equals(late); more--) {
      answer = probe.ask();
    }
    return answer;
  }

  private ServiceAddressProbe.Answer askService(List<ResourceConfig> resources) throws Exception {
    return link.beta.in(
        () -> {
          try (ServiceAddressProbe probe = new ServiceAddressProbe(resources, PATIENCE)) {
            ServiceAddressProbe.Answer first = inTime(probe);
            long begun = System.nanoTime();
            ServiceAddressProbe.Answer second = inTime(probe);
            System.out.println(
                "service address probe: " + (System.nanoTime() - begun) / 1000 + " us: " + second);
            assertThat(second).hasSameClassAs(first);
            return second;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.77.0.50", "fd77::50"})
  void theServiceAddressAnswersWhereverAnotherMachineHasIt(String address) throws Exception {
    assertThat(askService(service(address))).isInstanceOf(ServiceAddressProbe.Answer.Silent.class);
    link.alpha.ip(
        "address add " + address + (address.contains(":") ? "/64 nodad" : "/24") + " dev eth0");
    String hardware = link.alpha.command("cat /sys/class/net/eth0/address").strip();
    assertThat(askService(service(address)))
        .isInstanceOfSatisfying(
            ServiceAddressProbe.Answer.Answers.class,
            answer -> assertThat(answer.evidence()).contains(hardware));
  }

  @Test
  void theServiceAddressIsUnknownWhereItCannotBeAsked() throws Exception {
    link.beta.ip("link set eth0 down");
    assertThat(askService(service("10.77.0.50")))
        .isInstanceOf(ServiceAddressProbe.Answer.Unknown.class);
    assertThat(askService(List.of())).isInstanceOf(ServiceAddressProbe.Answer.NotConfigured.class);
  }

  @Test
  void aGatedPortThatAcceptsConnectionsIsAnAnswerToo() throws Exception {
    // routed, so that nobody on the link says to have the address
    link.alpha.ip("address add 10.88.0.50/32 dev lo");
    link.beta.ip("route add 10.88.0.50/32 via 10.77.0.11");
    try (ServerSocket server =
        link.alpha.in(() -> new ServerSocket(0, 5, InetAddress.getByName("10.88.0.50")))) {
      InetAddress ip = InetAddress.getByName("10.88.0.50");
      Path onlyOnItsInterface = Path.of("/proc/sys/net/ipv4/conf/all/arp_ignore");
      link.alpha.in(() -> Files.writeString(onlyOnItsInterface, "1"));
      List<ResourceConfig> resources =
          List.of(
              new ResourceConfig.SharedIp("ip", ip, 24, "eth0"),
              new ResourceConfig.Gate(
                  "gate",
                  List.of(new GatedPort(Optional.empty(), server.getLocalPort(), Protocol.TCP))));
      assertThat(askService(resources))
          .isEqualTo(
              new ServiceAddressProbe.Answer.Answers(
                  "10.88.0.50 port " + server.getLocalPort() + " accepts connections"));
    }
  }

  private static HealthCheck.Finding health(Probe probe) throws Exception {
    return health(probe, PATIENCE);
  }

  private static HealthCheck.Finding patientHealth(Probe probe) throws Exception {
    return health(probe, LONG);
  }

  private static HealthCheck.Finding health(Probe probe, Duration patience) throws Exception {
    return new HealthCheck(new Health(probe, Duration.ofSeconds(1), 2, patience)).ask();
  }

  @Test
  void aServiceIsWellWhenItAnswersAsItShould() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(
              Integer.parseInt(exchange.getRequestURI().getPath().substring(1)), -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      assertThat(patientHealth(new Probe.Http(url + "/204")).isWell()).isTrue();
      assertThat(patientHealth(new Probe.Http(url + "/302")).isWell()).isTrue();
      assertThat(patientHealth(new Probe.Http(url + "/503")))
          .isEqualTo(new HealthCheck.Finding(false, url + "/503 answered 503"));
      Endpoint endpoint = new Endpoint("127.0.0.1", server.getAddress().getPort());
      assertThat(patientHealth(new Probe.Tcp(endpoint)).isWell()).isTrue();
    } finally {
      server.stop(0);
    }
    assertThat(patientHealth(new Probe.Command(List.of("true"))).isWell()).isTrue();
  }

  @Test
  void aServiceIsUnwellWhenItIsSilentGoneOrFailing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + silent.getLocalPort() + "/";
      long begun = System.nanoTime();
      assertThat(health(new Probe.Http(url)).isWell()).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
    }
    assertThat(
            patientHealth(new Probe.Command(List.of("sh", "-c", "echo broken; exit 1"))).evidence())
        .contains("exited with 1: broken");
    assertThat(health(new Probe.Command(List.of("sleep", "10"))).evidence())
        .containsAnyOf("killed", "no answer within");
    assertThat(health(new Probe.Command(List.of("/nowhere"))).isWell()).isFalse();
  }

  @Test
  void aWatchReportsOnceAfterSeveralFailuresInARowAndOnceWhenWellAgain() throws Exception {
    Path ill = directory.resolve("ill");
    BlockingQueue<Condition> reports = new ArrayBlockingQueue<>(10);
    try (HealthWatch watch =
        new HealthWatch(new FileResource(ill), Duration.ofMillis(20), 3, reports::add)) {
      assertThat(watch).isNotNull();
      Files.createFile(ill);
      assertThat(reports.poll(5, TimeUnit.SECONDS))
          .isEqualTo(new Condition.Sick("3 looks or more"));
      assertThat(reports.poll(200, TimeUnit.MILLISECONDS)).isNull();
      Files.delete(ill);
      assertThat(reports.poll(5, TimeUnit.SECONDS)).isInstanceOf(Condition.Started.class);
    }
  }

  /** Sick while a file exists. */
  private record FileResource(Path ill) implements Resource {
    @Override
    public String name() {
      return "file";
    }

    @Override
    public Outcome start(Term term, Duration within) {
      return new Outcome.Done("started");
    }

    @Override
    public Outcome stop(Duration within) {
      return new Outcome.Done("stopped");
    }

    @Override
    public Condition check() {
      return Files.exists(ill)
          ? new Condition.Sick("3 looks or more")
          : new Condition.Started("well");
    }

    @Override
    public List<Readiness> readiness() {
      return List.of();
    }

    @Override
    public void release() {}
  }
}
