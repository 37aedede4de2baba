package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.ResourceConfig;
import understudy.config.ResourceConfig.GatedPort;
import understudy.config.ResourceConfig.Protocol;
import understudy.failover.NodeName;
import understudy.resource.Link;
import understudy.resource.assembly.ResourceSet;
import understudy.resource.command.Surroundings;
import understudy.time.Clock;
import understudy.time.SystemClock;

/** Resources that change while they are driven, on a machine of its own. */
class ResourceDriverTest {
  private final Clock clock = new SystemClock();

  @TempDir Path state;
  private Link link;

  @BeforeEach
  void make() throws Exception {
    link = new Link();
  }

  @AfterEach
  void remove() throws Exception {
    link.close();
  }

  private static List<ResourceConfig> gate(int port) {
    return List.of(
        new ResourceConfig.Gate(
            "gate", List.of(new GatedPort(Optional.empty(), port, Protocol.TCP))));
  }

  @Test
  void theTableOfAGateGoesWithTheLastThatWasGated() throws Exception {
    var surroundings = new Surroundings("test", new NodeName("alpha"), state);
    try (ResourceDriver driver =
        link.alpha.in(
            () -> {
              var first = ResourceSet.of(gate(8443), surroundings, clock);
              return new ResourceDriver(first, new Inbox(), clock, _ -> {});
            })) {
      assertThat(link.alpha.in(driver::ensureGate).isDone()).isTrue();
      assertThat(link.alpha.command("nft list tables")).contains("understudy_test_alpha");

      for (List<ResourceConfig> next : List.of(gate(9443), List.<ResourceConfig>of())) {
        var set = link.alpha.in(() -> driver.resources().changedTo(next, surroundings, clock));
        assertThat(link.alpha.in(() -> driver.change(set)).isDone()).isTrue();
        assertThat(link.alpha.command("nft list ruleset").contains("9443"))
            .isEqualTo(!next.isEmpty());
      }

      assertThat(link.alpha.command("nft list ruleset")).isBlank();
    }
  }

  @Test
  void aGateThatCannotBeChangedIsSaid() throws Exception {
    var surroundings = new Surroundings("test", new NodeName("alpha"), state);
    try (ResourceDriver driver =
        link.alpha.in(
            () -> {
              var first = ResourceSet.of(gate(8443), surroundings, clock);
              return new ResourceDriver(first, new Inbox(), clock, _ -> {});
            })) {
      var impossible =
          link.alpha.in(() -> driver.resources().changedTo(gate(70_000), surroundings, clock));

      assertThat(link.alpha.in(() -> driver.change(impossible)).sentence())
          .contains("cannot make the traffic gate");
    }
  }
}
