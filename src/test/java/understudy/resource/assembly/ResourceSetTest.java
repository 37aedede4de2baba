package understudy.resource.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.ResourceConfig;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.linux.BootTime;
import understudy.resource.Readiness;
import understudy.resource.command.Surroundings;

/** Several real resources in their order. */
class ResourceSetTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path state;

  private ResourceConfig script(String name, String start, String stop) {
    return script(name, start, stop, Duration.ofSeconds(20));
  }

  private ResourceConfig script(String name, String start, String stop, Duration timeout) {
    return new ResourceConfig.Script(
        name,
        List.of("/bin/sh", "-c", "echo start " + name + " >> log; " + start),
        List.of("/bin/sh", "-c", "echo stop " + name + " >> log; " + stop),
        List.of(),
        Optional.of(state),
        Map.of(),
        timeout);
  }

  private ResourceSet set(ResourceConfig... configs) throws Exception {
    return ResourceSet.of(
        List.of(configs), new Surroundings("test", new NodeName("alpha"), state), new BootTime());
  }

  private List<String> log() throws Exception {
    return Files.readAllLines(state.resolve("log"));
  }

  @Test
  void startsInOrderAndStopsInReverse() throws Exception {
    ResourceSet set = set(script("one", "true", "true"), script("two", "true", "true"));
    assertThat(set.startAll(new Term(1), SOON).isDone()).isTrue();
    assertThat(set.stopAll(SOON).isDone()).isTrue();
    assertThat(log()).containsExactly("start one", "start two", "stop two", "stop one");
    set.release();
  }

  @Test
  void startingEndsAtTheFirstFailure() throws Exception {
    ResourceSet set =
        set(
            script("one", "true", "true"),
            script("two", "exit 1", "true"),
            script("three", "true", "true"));
    ResourceSet.Report report = set.startAll(new Term(1), SOON);
    assertThat(report.failures()).extracting(ResourceSet.Step::resource).containsExactly("two");
    assertThat(log()).containsExactly("start one", "start two");
  }

  @Test
  void stoppingGoesOnAfterAFailureAndReportsIt() throws Exception {
    ResourceSet set =
        set(
            script("one", "true", "true"),
            script("two", "true", "sleep 100", Duration.ofMillis(500)),
            script("three", "true", "exit 1"));
    ResourceSet.Report report = set.stopAll(SOON);
    assertThat(report.failures())
        .extracting(ResourceSet.Step::resource)
        .containsExactly("three", "two");
    assertThat(log()).containsExactly("stop three", "stop two", "stop one");
  }

  @Test
  void readinessNamesEveryResource() throws Exception {
    ResourceSet set = set(script("one", "true", "true"));
    List<String> names = new ArrayList<>();
    for (ResourceSet.Finding finding : set.readiness()) {
      names.add(finding.resource() + " " + finding.readiness().result());
    }
    assertThat(names)
        .containsExactly("gate " + Readiness.Result.NOT_CHECKED, "one " + Readiness.Result.PASS);
  }
}
