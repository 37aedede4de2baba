package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;

/** A dead node is revoked and another machine takes its name, its designation and its data. */
class ReplaceNodeTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: "${data}", every: continuous }
      """;

  @TempDir Path directory;

  @Test
  void theOldIdentityIsRefusedAndTheNewNodeEndsInSync() throws Exception {
    Path old = Files.createDirectories(directory.resolve("old"));
    Path fresh = Files.createDirectories(directory.resolve("new"));
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER);
        Machine dead = new Machine(old, "beta", "secondary");
        Machine next = new Machine(fresh, "beta", "secondary")) {
      Files.writeString(alpha.data().resolve("ledger"), "one\n");
      alpha.startDaemon();
      alpha.awaitRole("active");
      dead.joining(alpha);
      Process gone = dead.startDaemon();
      alpha.await("beta is ready", () -> dead.says("is", "ready"));

      Machine.Ended serving = dead.run("", "node", "remove", "alpha");
      assertThat(serving.code()).isEqualTo(3);
      assertThat(serving.err()).contains("alpha serves");
      gone.destroyForcibly().onExit().join();

      String invite = alpha.demand("", "node", "replace", "beta").strip();
      assertThat(alpha.statusOrNothing()).doesNotContain("\"name\":\"beta\"");
      next.demand(invite, "pair", "join", "-");
      next.startDaemon();

      next.await("the new beta is ready", () -> next.says("is", "ready"));
      assertThat(Files.readString(next.data().resolve("ledger"))).isEqualTo("one\n");
      next.await("in sync", () -> next.statusOrNothing().contains("\"sync\":\"in sync\""));

      dead.startDaemon();
      alpha.await("the old one is turned away", () -> turnedAway(alpha));
      assertThat(dead.says("is", "active")).isFalse();
      assertThat(alpha.says("is", "active")).isTrue();

      Machine.Ended unknown = alpha.run("", "node", "remove", "gamma");
      assertThat(unknown.code()).isEqualTo(3);
      assertThat(unknown.err()).contains("there is no node gamma");
    }
  }

  @Test
  void aMemberThatWasAwayLearnsWhoWasRemovedBeforeAnybodyElseChanges() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER);
        Machine beta = new Machine(directory, "beta", "secondary");
        Machine gamma = new Machine(directory, "gamma", "dr")) {
      alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha);
      Process away = beta.startDaemon();
      alpha.await("beta is ready", () -> beta.says("is", "ready"));
      gamma.joining(alpha);
      Process dead = gamma.startDaemon();
      beta.await("gamma is heard", () -> !row(beta, "gamma").contains("not heard"));
      away.destroyForcibly().onExit().join();
      dead.destroyForcibly().onExit().join();

      assertThat(alpha.run("", "node", "remove", "gamma").out())
          .contains("beta could not be told", "it is told once it runs");

      beta.startDaemon();
      beta.await("beta hears alpha", () -> row(beta, "alpha").contains("active"));
      beta.await("beta learns of it", () -> row(beta, "gamma").isEmpty());
    }
  }

  @Test
  void ofThreeNodesOneServesWhoeverLeavesOrIsRemoved() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER);
        Machine beta = new Machine(directory, "beta", "secondary");
        Machine gamma = new Machine(directory, "gamma", "dr")) {
      alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha);
      beta.startDaemon();
      alpha.await("beta is ready", () -> beta.says("is", "ready"));
      gamma.joining(alpha);
      gamma.startDaemon();
      beta.await("gamma is heard", () -> !row(beta, "gamma").contains("not heard"));

      Machine.Ended leaving = alpha.run("", "pair", "leave", "--yes");
      assertThat(leaving.code()).isEqualTo(3);
      assertThat(leaving.err()).contains("would begin beside it", "understudy node remove");

      alpha.demand("", "node", "remove", "beta");
      beta.await("beta knows nobody", () -> row(beta, "gamma").isEmpty());
      beta.await("and why it stays", () -> told(beta, "SERVED_ELSEWHERE"));
      assertThat(beta.says("is", "active")).isFalse();
      assertThat(alpha.says("is", "active")).isTrue();
    }
  }

  private static String row(Machine machine, String name) {
    String status = machine.statusOrNothing();
    int at = status.indexOf("\"name\":\"" + name + "\",\"designation\"");
    return at < 0 ? "" : status.substring(at).replaceFirst("}.*", "");
  }

  private static boolean turnedAway(Machine alpha) {
    return told(alpha, "which is not pinned here");
  }

  private static boolean told(Machine machine, String words) {
    try {
      return machine.log().contains(words);
    } catch (java.io.IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }
}
