package understudy.resource.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.config.ResourceConfig;
import understudy.failover.Term;
import understudy.linux.BootTime;
import understudy.resource.Condition;
import understudy.resource.Eventually;
import understudy.resource.Link;
import understudy.resource.Namespace;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.time.Clock;

/** A shared address in the real kernel: two servers and a client on one link. */
class SharedIpTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Term FIRST = new Term(1);

  private final Clock clock = new BootTime();
  private Link link;

  @BeforeEach
  void plugIn() throws Exception {
    link = new Link();
  }

  @AfterEach
  void unplug() throws Exception {
    link.close();
  }

  private static ResourceConfig.SharedIp config(String address) throws Exception {
    InetAddress ip = InetAddress.getByName(address);
    return new ResourceConfig.SharedIp(
        "address", ip, ip.getAddress().length == 16 ? 64 : 24, "eth0");
  }

  private SharedIp mandated(String address, Duration lease) throws Exception {
    SharedIp shared = new SharedIp(config(address), clock);
    shared.extend(clock.now().plus(lease));
    return shared;
  }

  private static boolean holds(Namespace machine, String address) throws Exception {
    return machine.ip("-o address show to " + address).contains(" eth0 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.77.0.50", "fd77::50"})
  void isAddedOnceAndRemovedOnce(String address) throws Exception {
    link.alpha.in(
        () -> {
          SharedIp shared = mandated(address, Duration.ofSeconds(30));
          assertThat(shared.check()).isInstanceOf(Condition.Stopped.class);
          assertThat(shared.readiness())
              .extracting(Readiness::result)
              .containsExactly(Readiness.Result.PASS);
          long begun = System.nanoTime();
          assertThat(shared.start(FIRST, SOON)).isInstanceOf(Outcome.Done.class);
          System.out.println(address + " start: " + (System.nanoTime() - begun) / 1000 + " us");
          assertThat(shared.start(FIRST, SOON).sentence()).contains("held already");
          assertThat(shared.check()).isInstanceOf(Condition.Started.class);
          assertThat(holds(link.alpha, address)).isTrue();
          assertThat(link.client.command("ping -n -c 1 -W 1 " + address)).contains("1 received");
          assertThat(shared.stop(SOON)).isInstanceOf(Outcome.Done.class);
          assertThat(shared.stop(SOON)).isInstanceOf(Outcome.Done.class);
          assertThat(holds(link.alpha, address)).isFalse();
          shared.release();
          return null;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.77.0.50", "fd77::50"})
  void isNotAddedWhileAnotherMachineHasIt(String address) throws Exception {
    link.beta.ip(
        "address add " + address + (address.contains(":") ? "/64 nodad" : "/24") + " dev eth0");
    String hardware = link.beta.command("cat /sys/class/net/eth0/address").strip();
    link.alpha.in(
        () -> {
          SharedIp shared = mandated(address, Duration.ofSeconds(30));
          Outcome outcome = shared.start(FIRST, Duration.ofSeconds(2));
          assertThat(outcome).isInstanceOf(Outcome.Failed.class);
          assertThat(outcome.sentence()).contains(hardware);
          assertThat(holds(link.alpha, address)).isFalse();
          shared.release();
          return null;
        });
  }

  @Test
  void asksTheLinkUnlessThatWasJustDone() throws Exception {
    link.beta.ip("address add 10.77.0.50/24 dev eth0");
    link.alpha.in(
        () -> {
          SharedIp shared = mandated("10.77.0.50", Duration.ofSeconds(30));
          shared.foundSilent(clock.now().minus(Duration.ofSeconds(1)));
          assertThat(shared.start(FIRST, Duration.ofSeconds(2)).isDone()).isFalse();
          shared.foundSilent(clock.now());
          assertThat(shared.start(FIRST, Duration.ofSeconds(2)).isDone()).isTrue();
          shared.release();
          return null;
        });
  }

  @Test
  void waitsForAHolderWhoseMandateHasRunOut() throws Exception {
    link.beta.ip("address add 10.77.0.50/24 dev eth0 valid_lft 1 preferred_lft 1");
    link.alpha.in(
        () -> {
          SharedIp shared = mandated("10.77.0.50", Duration.ofSeconds(30));
          long begun = System.nanoTime();
          assertThat(shared.start(FIRST, SOON)).isInstanceOf(Outcome.Done.class);
          assertThat(Duration.ofNanos(System.nanoTime() - begun))
              .isBetween(Duration.ofMillis(300), SOON);
          shared.release();
          return null;
        });
    assertThat(holds(link.beta, "10.77.0.50")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.77.0.50", "fd77::50"})
  void movesToTheOtherServerForClientsThatKnewTheFirst(String address) throws Exception {
    String family = address.contains(":") ? "-6 " : "-4 ";
    SharedIp first = link.alpha.in(() -> mandated(address, Duration.ofSeconds(30)));
    SharedIp second = link.beta.in(() -> mandated(address, Duration.ofSeconds(30)));
    assertThat(link.alpha.in(() -> first.start(FIRST, SOON)).isDone()).isTrue();
    link.client.command("ping -n -c 1 -W 1 " + address);
    String before = link.client.ip(family + "neigh show " + address);

    assertThat(link.alpha.in(() -> first.stop(SOON)).isDone()).isTrue();
    assertThat(link.beta.in(() -> second.start(FIRST, SOON)).isDone()).isTrue();

    String hardware = link.beta.command("cat /sys/class/net/eth0/address").strip();
    assertThat(before).doesNotContain(hardware);
    Duration learnt =
        Eventually.await(
            "the client learns the new holder",
            Duration.ofSeconds(3),
            () -> link.client.ip(family + "neigh show " + address).contains(hardware));
    System.out.println(address + " learnt after " + learnt.toMillis() + " ms");
    assertThat(link.client.command("ping -n -c 1 -W 1 " + address)).contains("1 received");
    first.release();
    second.release();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.77.0.50", "fd77::50"})
  void goesByItselfWhenItIsNotExtended(String address) throws Exception {
    SharedIp shared = link.alpha.in(() -> mandated(address, Duration.ofSeconds(3)));
    assertThat(link.alpha.in(() -> shared.start(FIRST, SOON)).isDone()).isTrue();
    Duration took =
        Eventually.await(
            "the kernel removes it", Duration.ofSeconds(15), () -> !holds(link.alpha, address));
    System.out.println(address + " lapsed after " + took.toMillis() + " ms");
    assertThat(took).isLessThan(Duration.ofSeconds(10));
    assertThat(link.alpha.ip("-6 route show fd77::/64")).contains("eth0").doesNotContain("expires");
    shared.release();
  }

  @Test
  void staysWhileItIsExtendedAndEachExtensionIsCheap() throws Exception {
    SharedIp shared = link.alpha.in(() -> mandated("10.77.0.50", Duration.ofSeconds(3)));
    assertThat(link.alpha.in(() -> shared.start(FIRST, SOON)).isDone()).isTrue();
    List<Long> micros = Collections.synchronizedList(new ArrayList<>());
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (System.nanoTime() < end) {
      long begun = System.nanoTime();
      shared.extend(clock.now().plus(Duration.ofSeconds(3)));
      micros.add((System.nanoTime() - begun) / 1000);
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(holds(link.alpha, "10.77.0.50")).isTrue();
    Collections.sort(micros);
    System.out.println(
        "address extend: median "
            + micros.get(micros.size() / 2)
            + " us, worst "
            + micros.getLast());
    shared.release();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.77.0.50", "fd77::50"})
  void tellsClientsAgainThatBelieveInAnotherHolder(String address) throws Exception {
    SharedIp shared = link.alpha.in(() -> mandated(address, Duration.ofSeconds(30)));
    assertThat(link.alpha.in(() -> shared.start(FIRST, SOON)).isDone()).isTrue();
    Eventually.await("the first announcements are over", SOON, () -> isQuiet());
    link.client.ip("neigh replace " + address + " lladdr 02:00:00:00:00:99 dev eth0 nud stale");
    shared.announceAgain();
    String hardware = link.alpha.command("cat /sys/class/net/eth0/address").strip();
    Eventually.await(
        "the client learns the holder",
        Duration.ofSeconds(3),
        () -> link.client.ip("neigh show " + address).contains(hardware));
    shared.release();
  }

  /** No frame has left the server for 300 ms. */
  private boolean isQuiet() throws Exception {
    String counter = "cat /sys/class/net/eth0/statistics/tx_packets";
    String before = link.alpha.command(counter);
    TimeUnit.MILLISECONDS.sleep(300);
    return link.alpha.command(counter).equals(before);
  }

  /** Else the kernel asks once a second, and a link that flaps may be down each time. */
  @Test
  void whoDidNotAnswerWhileTheLinkWasDownIsAskedAgainAtOnce() throws Exception {
    SharedIp shared = link.alpha.in(() -> mandated("10.77.0.50", Duration.ofSeconds(30)));
    assertThat(link.alpha.in(() -> shared.start(FIRST, SOON)).isDone()).isTrue();
    link.plugAlpha(false);
    shared.extend(clock.now().plus(Duration.ofSeconds(30)));
    link.alpha.in(
        () -> {
          try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName("10.77.0.20"), 9));
          }
          return null;
        });
    assertThat(link.alpha.command("ip neigh show 10.77.0.20")).contains("INCOMPLETE");

    link.plugAlpha(true);
    Eventually.await(
        "the kernel sees the cable",
        Duration.ofSeconds(3),
        () -> link.alpha.command("ip link show eth0").contains("LOWER_UP"));
    shared.extend(clock.now().plus(Duration.ofSeconds(30)));

    assertThat(link.alpha.command("ip neigh show 10.77.0.20")).doesNotContain("INCOMPLETE");
    shared.release();
  }

  @Test
  void comesBackWhenSomebodyRemovesIt() throws Exception {
    SharedIp shared = link.alpha.in(() -> mandated("10.77.0.50", Duration.ofSeconds(30)));
    assertThat(link.alpha.in(() -> shared.start(FIRST, SOON)).isDone()).isTrue();
    link.alpha.ip("address delete 10.77.0.50/24 dev eth0");
    shared.extend(clock.now().plus(Duration.ofSeconds(30)));
    assertThat(holds(link.alpha, "10.77.0.50")).isTrue();
    shared.release();
  }

  @Test
  void isNotBroughtBackByAnExtensionThatIsOverOrComesAfterTheStop() throws Exception {
    SharedIp shared = link.alpha.in(() -> mandated("10.77.0.50", Duration.ofSeconds(30)));
    assertThat(link.alpha.in(() -> shared.start(FIRST, SOON)).isDone()).isTrue();
    link.alpha.ip("address delete 10.77.0.50/24 dev eth0");
    shared.extend(clock.now().minus(Duration.ofMillis(1)));
    assertThat(holds(link.alpha, "10.77.0.50")).isFalse();
    shared.stop(SOON);
    shared.extend(clock.now().plus(Duration.ofSeconds(30)));
    assertThat(holds(link.alpha, "10.77.0.50")).isFalse();
    shared.release();
  }

  @Test
  void isAdoptedByTheNextDaemonAndThenLapses() throws Exception {
    link.alpha.ip("address add 10.77.0.50/24 dev eth0");
    SharedIp shared = link.alpha.in(() -> mandated("10.77.0.50", Duration.ofSeconds(5)));
    assertThat(link.alpha.in(shared::readiness))
        .extracting(Readiness::result)
        .containsExactly(Readiness.Result.WARN);
    assertThat(link.alpha.in(() -> shared.start(FIRST, SOON)).sentence()).contains("adopted");
    Eventually.await(
        "the kernel removes it", Duration.ofSeconds(15), () -> !holds(link.alpha, "10.77.0.50"));
    shared.release();
  }

  @Test
  void isNotAddedWithoutAMandate() throws Exception {
    SharedIp shared = new SharedIp(config("10.77.0.50"), clock);
    assertThat(link.alpha.in(() -> shared.start(FIRST, SOON)).sentence())
        .contains("no valid mandate");
    assertThat(holds(link.alpha, "10.77.0.50")).isFalse();
    shared.release();
  }
}
