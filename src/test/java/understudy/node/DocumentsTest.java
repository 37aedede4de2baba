package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.DocumentCalls.Refused;
import understudy.api.Views;
import understudy.config.DocumentEdit;

/** The cluster document of two running daemons: changed on one, in force on both. */
class DocumentsTest {
  private static final String CLUSTER =
      "failover: { profile: default, "
          + Unhurried.TIMES
          + " }\n"
          + """
      datasets:
        - { name: files, path: "${data}", every: continuous }
      """;

  @TempDir Path directory;

  private static boolean says(Path document, String words) {
    try {
      return Files.readString(document).contains(words);
    } catch (IOException beingReplaced) {
      return false;
    }
  }

  private PreparedPair pair() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    for (PreparedPair.Side side : new PreparedPair.Side[] {pair.alpha, pair.beta}) {
      Path file = side.directory().resolve("node.yaml");
      Files.writeString(
          file,
          Files.readString(file)
              + "variables: { data: \"%s\", home: \"%s\" }\n"
                  .formatted(side.data(), side.directory()));
    }
    return pair;
  }

  private static Views.DocumentChange set(Node node, String path, String value) throws Exception {
    Views.Document now = node.documents().document();
    String text = DocumentEdit.set(now.text(), path, value);
    return node.documents().change(text, Optional.of(now.hash()), "a test", false);
  }

  private static boolean agree(Node one, Node other) {
    Views.Document document = one.documents().document();
    return document.hash().equals(other.documents().document().hash())
        && document.nodes().stream().allMatch(on -> Boolean.TRUE.equals(on.same()));
  }

  private static void awaitPair(Node alpha, Node beta) throws Exception {
    await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));
    await("they agree", () -> agree(alpha, beta) && agree(beta, alpha));
  }

  @Test
  void aChangeOnTheStandbyIsInForceOnBothAndANewDatasetArrives() throws Exception {
    var pair = pair();
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitPair(alpha, beta);
        Files.createDirectories(pair.alpha.directory().resolve("more"));
        Files.createDirectories(pair.beta.directory().resolve("more"));
        Files.writeString(pair.alpha.directory().resolve("more/page"), "new\n");

        Views.Document read = beta.documents().document();
        var change =
            beta.documents()
                .change(
                    read.text() + "  - { name: more, path: \"${home}/more\" }\n",
                    Optional.of(read.hash()),
                    "a test",
                    false);

        assertThat(change.state()).isEqualTo("done");
        assertThat(change.warnings()).noneMatch(warning -> warning.startsWith("beta"));
        assertThat(change.effects()).contains("dataset more is new");
        Path text = pair.alpha.directory().resolve("cluster.yaml");
        await("alpha has it, too", () -> says(text, "name: more"));
        Path copy = pair.beta.directory().resolve("more/page");
        await("the new dataset is copied", () -> Files.exists(copy));
        await("beta is ready with both", () -> beta.front().isStandby(Duration.ofSeconds(5)));
        assertThat(alpha.front().isActive()).isTrue();
        assertThat(beta.front().history(Long.MAX_VALUE, 50))
            .anySatisfy(row -> assertThat(row.rule()).isEqualTo("CONFIGURED"));
      }
    }
  }

  @Test
  void newTimesReachBothAndTheServiceStays() throws Exception {
    var pair = pair();
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitPair(alpha, beta);
        long term = alpha.front().status().nodes().getFirst().term();

        set(alpha, "failover.primary-timeout", "20s");

        await("they agree", () -> agree(alpha, beta) && agree(beta, alpha));
        await(
            "beta says the new time",
            () -> beta.front().status().sentence().contains("take over in ~20 s"));
        assertThat(alpha.front().isActive()).isTrue();
        assertThat(alpha.front().status().nodes().getFirst().term()).isEqualTo(term);
      }
    }
  }

  @Test
  void aStaleOrMistakenDocumentIsRefusedAndChangesNothing() throws Exception {
    var pair = pair();
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      Views.Document before = alpha.documents().document();
      var documents = alpha.documents();

      Refused stale =
          catchThrowableOfType(
              Refused.class,
              () -> documents.change(before.text() + "#\n", Optional.of("0"), "a test", false));
      Refused mistaken =
          catchThrowableOfType(
              Refused.class,
              () ->
                  documents.change(
                      before.text().replace("profile", "profil"),
                      Optional.of(before.hash()),
                      "a test",
                      false));
      Refused renamed =
          catchThrowableOfType(
              Refused.class,
              () ->
                  documents.change(
                      before.text().replace("name: test", "name: other"),
                      Optional.empty(),
                      "a test",
                      false));

      assertThat(stale.why()).isEqualTo(Refused.Why.CHANGED);
      assertThat(mistaken.why()).isEqualTo(Refused.Why.INVALID);
      assertThat(mistaken).hasMessageContaining("cluster.yaml:2:").hasMessageContaining("profile");
      assertThat(renamed).hasMessageContaining("is called 'test'");
      assertThat(alpha.documents().document()).isEqualTo(before);
    }
  }

  @Test
  void anotherArbiterIsRefusedWhileTheDaemonsRunAndTakenWhenAllWereStopped() throws Exception {
    var pair = pair();
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitPair(alpha, beta);

        Refused refused =
            catchThrowableOfType(Refused.class, () -> set(alpha, "failover.arbiter", "majority"));

        assertThat(refused.why()).isEqualTo(Refused.Why.NOT_WHILE_RUNNING);
        assertThat(refused.fix()).contains("stop all daemons");
      }
    }
    for (PreparedPair.Side side : new PreparedPair.Side[] {pair.alpha, pair.beta}) {
      Path file = side.directory().resolve("cluster.yaml");
      String text = Files.readString(file);
      Files.writeString(file, DocumentEdit.set(text, "failover.arbiter", "majority"));
    }
    try (Node alpha = start(pair.alpha);
        Node beta = start(pair.beta)) {
      await("they agree", () -> agree(alpha, beta) && agree(beta, alpha));
      await("alpha, which served last, serves again", alpha.front()::isActive);
      await("beta follows", () -> beta.front().isStandby(Duration.ofSeconds(5)));
      await(
          "they go by votes",
          () ->
              alpha.front().readiness().checks().stream()
                  .anyMatch(check -> check.evidence().contains("2 of 2 voters are heard")));
    }
  }

  @Test
  void whatDoesNotHoldOnTheOtherNodeIsRefusedWithItsName() throws Exception {
    var pair = pair();
    Path nodeFile = pair.alpha.directory().resolve("node.yaml");
    Files.writeString(
        nodeFile,
        Files.readString(nodeFile).replace("variables: {", "variables: { spare: /srv/spare,"));
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitPair(alpha, beta);
        String before = alpha.documents().document().hash();

        Refused refused =
            catchThrowableOfType(
                Refused.class, () -> set(alpha, "datasets.files.path", "\"${spare}\""));

        assertThat(refused).hasMessageStartingWith("beta: ").hasMessageContaining("spare");
        assertThat(alpha.documents().document().hash()).isEqualTo(before);
      }
    }
  }

  @Test
  void aNodeThatWasAwayTakesTheLaterDocumentAndKeepsItsOwn() throws Exception {
    var pair = pair();
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitPair(alpha, beta);
      }
      await("beta is silent", () -> alpha.documents().document().nodes().getFirst().same() == null);

      var change = set(alpha, "failover.max-loss", "7m");

      assertThat(change.warnings()).anyMatch(line -> line.startsWith("beta is not heard"));
      try (Node beta = start(pair.beta)) {
        awaitPair(alpha, beta);
        assertThat(beta.documents().document().text()).contains("max-loss: 7m");
        assertThat(beta.documents().document().changedBy()).isEqualTo("a test");
        assertThat(pair.beta.directory().resolve("state/former-documents"))
            .isDirectoryContaining(file -> file.toString().endsWith(".yaml"));
      }
    }
  }

  @Test
  void editedOnBothIsShownAndOneImportDecides() throws Exception {
    var pair = pair();
    for (PreparedPair.Side side : new PreparedPair.Side[] {pair.alpha, pair.beta}) {
      Path file = side.directory().resolve("cluster.yaml");
      Files.writeString(file, Files.readString(file) + "# edited on " + side.name() + "\n");
    }
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("it is shown", () -> beta.documents().document().trouble() != null);
        assertThat(String.valueOf(beta.documents().document().trouble())).contains("both nodes");

        String right = alpha.documents().document().text();
        alpha.documents().change(right, Optional.empty(), "a test", false);

        await("they agree", () -> agree(alpha, beta) && agree(beta, alpha));
        assertThat(beta.documents().document().text()).contains("edited on alpha");
        await("all is well", () -> beta.documents().document().trouble() == null);
      }
    }
  }

  @Test
  void readingTheFilesAgainKeepsTheFormerOnesWhenTheyHaveMistakes() throws Exception {
    var pair = pair();
    Path file = pair.alpha.directory().resolve("cluster.yaml");
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      Views.Document before = alpha.documents().document();

      Files.writeString(file, before.text() + "datasetz: []\n");
      alpha.reload();
      assertThat(alpha.documents().document()).isEqualTo(before);
      await(
          "the refusal is in the history",
          () ->
              alpha.front().history(Long.MAX_VALUE, 5).stream()
                  .anyMatch(
                      row ->
                          row.rule().equals("NOT_RELOADED")
                              && row.evidence().toString().contains("datasetz")));

      Files.writeString(file, DocumentEdit.set(before.text(), "failover.max-loss", "9m"));
      alpha.reload();
      assertThat(alpha.documents().document().revision()).isEqualTo(before.revision() + 1);
      assertThat(alpha.front().isActive()).isTrue();
    }
  }

  @Test
  void aResourceThatIsAddedWhileServingStartsAndOneThatLeavesStops() throws Exception {
    var pair = pair();
    Path marks = pair.alpha.directory();
    String first = script(marks, "first");
    String second = script(marks, "second");
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);

      set(alpha, "resources", "[ " + first + " ]");
      await("first runs", () -> Files.exists(marks.resolve("first")));

      set(alpha, "resources", "[ " + second + " ]");
      await("second runs", () -> Files.exists(marks.resolve("second")));
      assertThat(marks.resolve("first")).doesNotExist();
      assertThat(alpha.front().isActive()).isTrue();
    }
  }

  private static String script(Path directory, String name) {
    Path mark = directory.resolve(name);
    return "{ command: { name: %s, start: [touch, \"%s\"], stop: [rm, -f, \"%s\"], check: [test, -e, \"%s\"] } }"
        .formatted(name, mark, mark, mark);
  }
}
