package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.ChildJava;
import understudy.time.Moment;
import understudy.time.SystemClock;

/** Needs root, iproute2, nftables, ping and tcpdump. */
@Tag("root")
class NamespacesTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final List<String> HOSTS = List.of("a", "b", "c");
  private static final int PORT = 7000;

  private final SystemClock clock = new SystemClock();
  private final List<Process> started = new ArrayList<>();
  private List<String> before = List.of();
  @TempDir Path directory;

  @BeforeEach
  void remember() throws LabException {
    before = Namespaces.present();
  }

  @AfterEach
  void nothingIsLeft() throws LabException {
    List<Process> left = started.stream().filter(Process::isAlive).toList();
    left.forEach(Process::destroyForcibly);
    assertThat(left).isEmpty();
    assertThat(Namespaces.present()).containsExactlyInAnyOrderElementsOf(before);
  }

  @Test
  void hostsReachEachOtherAndTheGatewayOnEveryLinkUntilTheCableIsOut() throws Exception {
    try (Namespaces lab = Namespaces.create(HOSTS, 2)) {
      for (int link = 0; link < 2; link++) {
        assertThat(reaches(lab, "a", lab.address("b", link))).isTrue();
        assertThat(reaches(lab, "c", lab.address6("a", link))).isTrue();
        assertThat(reaches(lab, "b", lab.gateway(link))).isTrue();
      }

      lab.faults().unplug("b", 0);
      assertThat(reaches(lab, "a", lab.address("b", 0))).isFalse();
      assertThat(reaches(lab, "a", lab.address("b", 1))).isTrue();

      lab.faults().plug("b", 0);
      assertThat(reaches(lab, "a", lab.address("b", 0))).isTrue();
    }
  }

  @Test
  void partedHostsReachTheOthersStill() throws Exception {
    try (Namespaces lab = Namespaces.create(HOSTS, 1)) {
      lab.faults().part("a", "b");
      assertThat(reaches(lab, "a", lab.address("b", 0))).isFalse();
      assertThat(reaches(lab, "a", lab.address("c", 0))).isTrue();
      assertThat(reaches(lab, "b", lab.gateway(0))).isTrue();

      lab.faults().hideGateway("b");
      assertThat(reaches(lab, "b", lab.gateway(0))).isFalse();
      assertThat(reaches(lab, "b", lab.address("c", 0))).isTrue();

      lab.faults().isolate("b");
      assertThat(reaches(lab, "b", lab.address("c", 0))).isFalse();

      lab.faults().heal(HOSTS);
      assertThat(reaches(lab, "a", lab.address("b", 0))).isTrue();
      assertThat(reaches(lab, "b", lab.gateway(0))).isTrue();
    }
  }

  @Test
  void aOneWayDropLetsTheOtherWayThrough() throws Exception {
    try (Namespaces lab = Namespaces.create(HOSTS, 1)) {
      assertThat(reaches(lab, "a", lab.address("b", 0))).as("a has learned where b is").isTrue();
      List<String> listen = lab.inside("b", List.of("tcpdump", "-c", "1", "-l", "-n", "icmp"));
      lab.faults().drop("b", "a");
      Process heard = new ProcessBuilder(listen).redirectErrorStream(true).start();
      awaitListening(heard);
      assertThat(reaches(lab, "a", lab.address("b", 0))).isFalse();
      assertThat(heard.waitFor(10, TimeUnit.SECONDS)).as("b heard a").isTrue();
    }
  }

  @Test
  void aLossyLinkLosesSomeAndNotAll() throws Exception {
    try (Namespaces lab = Namespaces.create(HOSTS, 1)) {
      lab.faults().lose("a", 0, 20);
      String counted =
          Tool.run(
                  LIMIT,
                  "",
                  lab.inside(
                      "c",
                      List.of("ping", "-q", "-c", "200", "-i", "0.002", "-W", "1", "10.77.0.1")))
              .output();
      int received =
          Integer.parseInt(counted.replaceFirst("(?s).*transmitted, (\\d+) rec.*", "$1"));
      assertThat(received).isBetween(30, 180); // 128 on average; a busy machine drops some itself
    }
  }

  @Test
  void theClientInsideMeasuresAHostWithoutPower() throws Exception {
    try (Namespaces lab = Namespaces.create(HOSTS, 1)) {
      serve(lab, "a");
      InetSocketAddress service = new InetSocketAddress(lab.address("a", 0), PORT);
      try (Client client =
          Client.start(service, Map.of("a", service), command -> lab.inside("c", command), clock)) {
        Moment start = clock.now();
        assertThat(client.meter().awaitWriteOf("a", start, LIMIT)).isPresent();

        Moment fault = clock.now();
        lab.faults().powerOff("a");
        assertThat(lab.processes("a")).isEmpty();
        Moment dark = clock.now();
        assertThat(client.meter().awaitWrite(dark, Duration.ofMillis(300))).isEmpty();

        lab.faults().plug("a", 0);
        serve(lab, "a");
        assertThat(client.meter().awaitWrite(dark, LIMIT)).isPresent();
        Moment end = clock.now();
        Trace trace = client.meter().trace();
        // The silence begins with the last write, which a busy machine may have held up.
        assertThat(trace.outage(fault, end))
            .isBetween(Duration.ofMillis(300), fault.until(end).plusSeconds(1));
        assertThat(trace.missingFrom(Ledger.entriesIn(directory), start, end)).isEmpty();
      }
    }
  }

  @Test
  void aFrozenHostAnswersAgainOnceItIsThawed() throws Exception {
    try (Namespaces lab = Namespaces.create(HOSTS, 1)) {
      serve(lab, "a");
      InetSocketAddress service = new InetSocketAddress(lab.address("a", 0), PORT);
      try (Client client =
          Client.start(service, Map.of(), command -> lab.inside("c", command), clock)) {
        assertThat(client.meter().awaitWrite(clock.now(), LIMIT)).isPresent();
        lab.signal("a", ProcessSignal.STOP);
        Moment frozen = clock.now().plus(Duration.ofSeconds(1));
        assertThat(client.meter().awaitWrite(frozen, Duration.ofMillis(300))).isEmpty();
        lab.signal("a", ProcessSignal.CONT);
        assertThat(client.meter().awaitWrite(frozen, LIMIT)).isPresent();
      }
    }
  }

  @Test
  void closingTwiceIsHarmlessAndASecondLabOfThisProcessIsRefused() throws Exception {
    Namespaces lab = Namespaces.create(List.of("a"), 1);
    try (lab) {
      assertThatThrownBy(() -> Namespaces.create(List.of("a"), 1)).isInstanceOf(LabException.class);
      assertThat(Namespaces.leftOvers()).doesNotContain(lab.name("a"));
    }
    lab.close();
  }

  @Test
  void theEndOfTheProcessRemovesEverythingAndOnlyKillLeavesItToBeListed() throws Exception {
    Process polite = startLab();
    String name = awaitLab(polite);
    assertThat(Namespaces.present()).contains(name);
    polite.destroy();
    assertThat(polite.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(Namespaces.present()).doesNotContain(name);

    Process killed = startLab();
    String left = awaitLab(killed);
    killed.destroyForcibly().onExit().join();
    try {
      assertThat(Namespaces.leftOvers()).contains(left);
    } finally {
      for (String namespace : Namespaces.leftOvers()) {
        if (namespace.startsWith("us" + killed.pid() + "-")) {
          Tool.demand(LIMIT, "", List.of("ip", "netns", "del", namespace));
        }
      }
    }
  }

  /** A process that makes a lab and then waits for its end. */
  public static void main(String[] arguments) throws Exception {
    Namespaces lab = Namespaces.create(List.of("a"), 1);
    System.out.println(lab.name("a"));
    Thread.currentThread().join();
  }

  private static Process startLab() throws Exception {
    return new ProcessBuilder(ChildJava.command(NamespacesTest.class))
        .redirectErrorStream(true)
        .start();
  }

  private static String awaitLab(Process process) throws Exception {
    String name = process.inputReader(StandardCharsets.US_ASCII).readLine();
    assertThat(name).startsWith("us" + process.pid() + "-");
    return name;
  }

  private static boolean reaches(Namespaces lab, String from, InetAddress to) throws LabException {
    List<String> ping =
        List.of("ping", "-n", "-c", "1", "-i", "0.2", "-w", "2", to.getHostAddress());
    return Tool.run(LIMIT, "", lab.inside(from, ping)).succeeded();
  }

  private void serve(Namespaces lab, String host) throws Exception {
    List<String> command = JavaProgram.numberedWriter(host, directory, "0.0.0.0", PORT);
    File log = Files.createTempFile(directory, "service", ".log").toFile();
    started.add(
        new ProcessBuilder(lab.inside(host, command))
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start());
  }

  private static void awaitListening(Process tcpdump) throws Exception {
    var lines = tcpdump.inputReader(StandardCharsets.US_ASCII);
    String line = lines.readLine();
    while (line != null && !line.startsWith("listening on")) {
      line = lines.readLine();
    }
    assertThat(line).isNotNull();
  }
}
