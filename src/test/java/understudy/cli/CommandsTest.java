package understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.jsonb.Jsonb;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import understudy.api.DataViews;
import understudy.api.Views;

/** Whole answers and exit codes, against a server that answers over a real Unix socket. */
class CommandsTest {
  private static final Jsonb JSON = Jsonb.instance();

  @TempDir Path directory;

  private FixedDaemon daemon;
  private final Map<String, String> environment = new HashMap<>();
  private String typed = "";
  private boolean interactive;

  @BeforeEach
  void start() throws IOException {
    Path socket = directory.resolve("s.sock");
    Files.writeString(
        directory.resolve("node.yaml"),
        "node: { name: beta, designation: secondary }\nlisten: 127.0.0.1:7443\nsocket: "
            + socket
            + "\n");
    environment.put("UNDERSTUDY_CONFIG", directory.toString());
    daemon = new FixedDaemon(socket);
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  record Ran(int code, String out, String err) {}

  private Ran run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new BufferedReader(new StringReader(typed)),
            () -> interactive,
            environment);
    int code = new Commands(terminal, "1.2.3", List.of()).run(args);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void statusStartsWithTheSentenceAndWritesUnknownForWhatIsNotKnown() {
    daemon.answer("GET /api/v1/status", 200, JSON.toJson(status()));
    Ran expected =
        new Ran(
            0,
            """
            ledger: DEGRADED  beta would take over in ~3 s and lose at most 0.8 s
              alpha silent for 2.0 s, takeover in 1.0 s; still missing: connectivity (understudy cancel stops it)
              waiting for the countdown
              automation is paused until 2026-11-21 10:00:00Z

            NAME   DESIGNATION  ROLE     TERM  SERVES   SYNC     LAG            LAST-CONTACT  TAKEOVER
            alpha  primary      active   7     unknown  source   -              2.0 s ago     serving
            beta   secondary    standby  7     no       behind   0.8 s, 12 KiB  this node     possible
            gamma  dr           standby  6     no       unknown  unknown        unknown       never heard

            ADDRESS       ON       LAPSES-IN
            10.0.0.50/24  alpha    2.1 s
            fd00::50/64   unknown  -
            """,
            "");
    assertThat(run("status")).isEqualTo(expected);
    assertThat(run()).as("status is the verb without a verb").isEqualTo(expected);
  }

  @Test
  void jsonIsWhatTheDaemonSaidAndYamlIsTheSame() {
    daemon.answer(
        "GET /api/v1/readiness",
        200,
        "{\"verdict\":\"pass\",\"checks\":[],\"newer\":{\"a\":[1,2.5,\"on\"]}}");
    assertThat(run("ready", "--output", "json"))
        .isEqualTo(
            new Ran(
                0, "{\"verdict\":\"pass\",\"checks\":[],\"newer\":{\"a\":[1,2.5,\"on\"]}}\n", ""));
    assertThat(run("-o", "yaml", "ready"))
        .isEqualTo(
            new Ran(
                0,
                """
                verdict: pass
                checks: []
                newer:
                  a:
                  - 1
                  - 2.5
                  - on
                """,
                ""));
  }

  @Test
  void readyShowsEveryCheckAndWhatToDoAndFailsWhenACheckBlocks() {
    Views.Readiness readiness =
        new Views.Readiness(
            "fail",
            List.of(
                new Views.Check("data", "lag", "beta", "pass", true, "0.8 s", 0.2, null),
                new Views.Check(
                    "traffic", "gate", "beta", "fail", true, "nft is missing", 3.0, "install nft"),
                new Views.Check(
                    "peer", "clock", "alpha", "not checked", false, "no contact", null, null)));
    daemon.answer("GET /api/v1/readiness", 200, JSON.toJson(readiness));
    assertThat(run("ready"))
        .isEqualTo(
            new Ran(
                1,
                """
                readiness: fail

                RESULT         NODE   GROUP    CHECK  AGE      EVIDENCE
                pass           beta   data     lag    0.2 s    0.8 s
                fail (blocks)  beta   traffic  gate   3.0 s    nft is missing
                not checked    alpha  peer     clock  unknown  no contact

                To do:
                  beta, gate: install nft
                """,
                ""));
  }

  @Test
  void nodesAndLagShowTheirPartOfTheStatus() {
    daemon.answer("GET /api/v1/status", 200, JSON.toJson(status()));
    assertThat(run("nodes").out())
        .isEqualTo(
            """
            NAME   DESIGNATION  ROLE     TERM  LAST-CONTACT  LINKS    CLOCK    VERSION
            alpha  primary      active   7     2.0 s ago     2/2      -0.1 s   1.2.3
            beta   secondary    standby  7     this node     -        -        1.2.3
            gamma  dr           standby  6     unknown       unknown  unknown  unknown
            """);
    assertThat(run("lag").out())
        .isEqualTo(
            """
            NODE   SYNC     LAG
            alpha  source   -
            beta   behind   0.8 s, 12 KiB
            gamma  unknown  unknown

            DATASET  EVERY       GENERATION  FROM                  LAST-RUN  LIMIT
            files    continuous  g-17        2026-11-21 09:00:00Z  done      -
            db       10m         none        unknown               never     -
            """);
  }

  @Test
  void historyPagesAndShowsEvidenceOnRequest() {
    String rows =
        JSON.toJson(
            List.of(
                new Views.HistoryRow(
                    12,
                    Instant.parse("2026-11-21T09:00:00Z"),
                    "beta",
                    8,
                    "standby",
                    "active",
                    "takeover",
                    "beta took over: alpha is silent",
                    List.of("silent 3.0 s on 2 of 2 links", "10.0.0.1 answers")),
                new Views.HistoryRow(
                    11,
                    Instant.parse("2026-11-21T08:59:58Z"),
                    "beta",
                    7,
                    "standby",
                    "standby",
                    "suspect",
                    "alpha is silent",
                    List.of())));
    daemon.answer("GET /api/v1/history?limit=20", 200, rows);
    daemon.answer("GET /api/v1/history?limit=2&before=13", 200, rows);
    assertThat(run("history").out())
        .isEqualTo(
            """
            ID  TIME                  NODE  TERM  ROLE              RULE      WHAT
            12  2026-11-21 09:00:00Z  beta  8     standby → active  takeover  beta took over: alpha is silent
            11  2026-11-21 08:59:58Z  beta  7     standby           suspect   alpha is silent
            """);
    assertThat(run("history", "--limit", "2", "--before", "13", "--evidence").out())
        .isEqualTo(
            """
            12  2026-11-21 09:00:00Z  beta  term 8  standby → active  takeover
              beta took over: alpha is silent
                - silent 3.0 s on 2 of 2 links
                - 10.0.0.1 answers
            11  2026-11-21 08:59:58Z  beta  term 7  standby  suspect
              alpha is silent
            """);
    assertThat(run("history", "--limit", "0").code()).isEqualTo(2);
  }

  @Test
  void syncHistoryShowsRunsOfOneDatasetOrAll() {
    Instant start = Instant.parse("2026-11-21T09:00:00Z");
    daemon.answer(
        "GET /api/v1/sync/history?limit=20",
        200,
        JSON.toJson(
            DataViews.Answer.EMPTY.withRuns(
                List.of(
                    new Views.Run(
                        "2",
                        "files",
                        start,
                        start,
                        "done with problems",
                        3,
                        4096,
                        1000,
                        2e6,
                        List.of("/a: permission denied", "/b: vanished"),
                        "g-2"),
                    new Views.Run(
                        "1", "db", start, null, "running", 0, 0, 0, null, List.of(), null)))));
    assertThat(run("sync", "history").out())
        .isEqualTo(
            """
            START                 TOOK     DATASET  RESULT              FILES  BYTES    SENT    RATE       NOTE
            2026-11-21 09:00:00Z  0.0 s    files    done with problems  3      4.0 KiB  1000 B  1.9 MiB/s  /a: permission denied (and 1 more)
            2026-11-21 09:00:00Z  unknown  db       running             0      0 B      0 B     -
            """);
    daemon.answer(
        "GET /api/v1/sync/history?dataset=db&limit=20",
        200,
        JSON.toJson(DataViews.Answer.EMPTY.without("beta")));
    assertThat(run("sync", "history", "db"))
        .isEqualTo(
            new Ran(
                0,
                "START  TOOK  DATASET  RESULT  FILES  BYTES  SENT  RATE  NOTE\n",
                "  beta cannot be reached: its runs are not in this list\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "200, 0, active",
    "503, 2, not active",
    "500, 1, ''",
  })
  void isAnswersByItsExitCode(int status, int code, String word) {
    daemon.answer("GET /health/active", status, "word");
    Ran ran = run("is", "active");
    assertThat(ran.code()).isEqualTo(code);
    assertThat(ran.out().strip()).isEqualTo(word);
  }

  @Test
  void anActionIsHandedInWithAllThatWasSaid() {
    daemon.answer("POST /api/v1/switchover", 202, operation("running", null, null, List.of()));
    Ran ran =
        run("switchover", "--no-sync", "--even-if-peer-unreachable", "--reason", "kernel update");
    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                "switchover: running (operation 17)\n",
                "  add --wait to follow it to its end\n"));
    assertThat(daemon.requests())
        .containsExactly(
            "POST /api/v1/switchover {\"kind\":\"SWITCHOVER\",\"sync\":false,"
                + "\"evenIfPeerUnreachable\":true,\"reason\":\"kernel update\"}");
  }

  @Test
  void everyActionHasItsPathAndFields() {
    for (String kind :
        List.of(
            "promote",
            "demote",
            "failback",
            "pause",
            "resume",
            "cancel",
            "clients",
            "resolve",
            "sync")) {
      daemon.answer("POST /api/v1/" + kind, 202, operation("done", null, null, List.of()));
    }
    run("promote");
    run("demote", "--even-if-peer-unreachable");
    run("failback");
    run("pause", "--for", "2h");
    run("resume", "--dry-run");
    run("cancel");
    run("clients", "hold");
    run("resolve", "--survivor", "alpha");
    run("sync", "now", "files");
    assertThat(daemon.requests())
        .containsExactly(
            "POST /api/v1/promote {\"kind\":\"PROMOTE\"}",
            "POST /api/v1/demote {\"kind\":\"DEMOTE\",\"evenIfPeerUnreachable\":true}",
            "POST /api/v1/failback {\"kind\":\"FAILBACK\"}",
            "POST /api/v1/pause {\"kind\":\"PAUSE\",\"forSeconds\":7200}",
            "POST /api/v1/resume {\"kind\":\"RESUME\",\"dryRun\":true}",
            "POST /api/v1/cancel {\"kind\":\"CANCEL\"}",
            "POST /api/v1/clients {\"kind\":\"CLIENTS\",\"clients\":\"hold\"}",
            "POST /api/v1/resolve {\"kind\":\"RESOLVE\",\"survivor\":\"alpha\"}",
            "POST /api/v1/sync {\"kind\":\"SYNC\",\"dataset\":\"files\"}");
  }

  @Test
  void waitingShowsEachStepOnceAndEndsWithTheOperation() {
    daemon
        .answer("POST /api/v1/switchover", 202, operation("running", null, null, List.of("a")))
        .answer(
            "GET /api/v1/operations/17", 200, operation("running", null, null, List.of("a", "b")))
        .answer(
            "GET /api/v1/operations/17",
            200,
            operation("done", null, "alpha serves in term 8", List.of("a", "b", "c")));
    assertThat(run("switchover", "--wait"))
        .isEqualTo(new Ran(0, "switchover: done: alpha serves in term 8\n", "  a\n  b\n  c\n"));
  }

  @Test
  void aWaitThatRunsOutSaysThatTheOperationGoesOn() {
    daemon
        .answer("POST /api/v1/switchover", 202, operation("running", null, null, List.of("a")))
        .answer("GET /api/v1/operations/17", 200, operation("running", null, null, List.of("a")));
    assertThat(run("--wait=300ms", "switchover"))
        .isEqualTo(
            new Ran(
                4,
                "switchover: running (operation 17)\n",
                "  a\n  the wait ran out, the operation goes on: understudy history shows its"
                    + " end\n"));
  }

  @Test
  void aPeerThatMissesAQuestionDoesNotEndTheWait() {
    String missed = silentPeer();
    daemon
        .answer("POST /api/v1/switchover", 202, operation("running", null, null, List.of("a")))
        .answer("GET /api/v1/operations/17", 503, missed)
        .answer("GET /api/v1/operations/17", 503, missed)
        .answer(
            "GET /api/v1/operations/17",
            200,
            operation("done", null, "beta serves in term 8", List.of("a", "b")));
    assertThat(run("switchover", "--wait"))
        .isEqualTo(
            new Ran(
                0,
                "switchover: done: beta serves in term 8\n",
                "  a\n  beta does not answer; asks on\n  b\n"));
  }

  @Test
  void aPeerThatAnswersNoMoreLeavesItOpenHowTheOperationEnds() {
    daemon
        .answer("POST /api/v1/switchover", 202, operation("running", null, null, List.of("a")))
        .answer("GET /api/v1/operations/17", 503, silentPeer());
    assertThat(run("--wait=500ms", "switchover"))
        .isEqualTo(
            new Ran(
                4,
                "switchover: running (operation 17)\n",
                "  a\n  beta does not answer; asks on\n"
                    + "  the wait ran out, the operation may be under way: understudy status and"
                    + " understudy history show its end\n"));
  }

  private static String silentPeer() {
    return JSON.toJson(
        new Views.Problem(
            "about:blank", "t", 503, "peer-unreachable", "beta does not answer", "ask again"));
  }

  @Test
  void aDryRunShowsThePlan() {
    daemon.answer(
        "POST /api/v1/switchover",
        202,
        operation("done", null, null, List.of("hold clients", "stop ledger.service")));
    assertThat(run("switchover", "--dry-run"))
        .isEqualTo(new Ran(0, "switchover: would do\n  hold clients\n  stop ledger.service\n", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "refused, lag-too-big, 3",
    "refused, peer-unreachable, 6",
    "failed, peer-unreachable, 6",
    "failed, start-failed, 1",
  })
  void anOperationThatDoesNotSucceedHasItsExitCodeAndItsFix(String state, String code, int exit) {
    daemon.answer(
        "POST /api/v1/switchover",
        202,
        JSON.toJson(
            Views.Operation.plain(
                "17",
                "switchover",
                state,
                List.of(),
                code,
                "it is so",
                "add --x",
                Instant.EPOCH,
                Instant.EPOCH)));
    assertThat(run("switchover"))
        .isEqualTo(new Ran(exit, "switchover: " + state + ": it is so\n", "  add --x\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "409, not-possible, 3",
    "412, not-possible, 3",
    "400, bad-action, 2",
    "422, bad-action, 2",
    "503, peer-unreachable, 6",
    "500, internal, 1",
    "401, sign-in, 1",
  })
  void aProblemHasItsExitCodeAndItsFix(int status, String code, int exit) {
    daemon.answer(
        "POST /api/v1/promote",
        status,
        JSON.toJson(new Views.Problem("about:blank", "t", status, code, "it is so", "do that")));
    assertThat(run("promote")).isEqualTo(new Ran(exit, "", "understudy: it is so\n  do that\n"));
  }

  @Test
  void promoteForceSaysWhatItLosesAndTakesOnlyTheTypedName() {
    daemon
        .answer("GET /api/v1/status", 200, JSON.toJson(status()))
        .answer("POST /api/v1/promote", 202, operation("done", null, null, List.of()));
    String warning =
        """
        beta becomes active now, whatever stands against it.
          alpha may still be serving (last contact: 2.0 s ago); if it is cut off only from here, both will serve until they meet.
          What was written in the last 0.8 s (12 KiB) is not on beta and will be missing.
        """;
    interactive = true;
    typed = "alpha\n";
    assertThat(run("promote", "--force"))
        .isEqualTo(
            new Ran(
                1,
                "",
                warning
                    + "Type the name of this node (beta) to go on: understudy: not confirmed,"
                    + " nothing was changed\n"));
    typed = "beta\n";
    assertThat(run("promote", "--force").code()).isZero();
    interactive = false;
    assertThat(run("promote", "--force"))
        .isEqualTo(
            new Ran(
                2,
                "",
                warning
                    + "understudy: promote --force has to be confirmed and there is no terminal to"
                    + " ask\n  add --yes\n"));
    assertThat(run("promote", "--force", "--yes"))
        .isEqualTo(new Ran(0, "switchover: done\n", warning));
    assertThat(daemon.requests().stream().filter(line -> line.startsWith("POST")))
        .containsExactly(
            "POST /api/v1/promote {\"kind\":\"PROMOTE\",\"force\":true}",
            "POST /api/v1/promote {\"kind\":\"PROMOTE\",\"force\":true}");
  }

  @Test
  void aDaemonThatIsNotThereIsSaidWithWhatToDo() throws Exception {
    daemon.close();
    assertThat(run("status"))
        .isEqualTo(
            new Ran(
                5,
                "",
                "understudy: the daemon does not answer at "
                    + directory
                    + "/s.sock (Connection refused)\n  start it: systemctl start understudy, or"
                    + " understudy node --config "
                    + directory
                    + "; or ask another node with --node HOST:PORT\n"));
    Files.delete(directory.resolve("s.sock"));
    assertThat(run("status").err()).contains("/s.sock (no such file)");
    assertThat(run("is", "active").code()).as("unknown, not no").isEqualTo(1);
  }

  @Test
  void aBrokenClusterDocumentDoesNotLockTheOperatorOut() throws IOException {
    Files.writeString(directory.resolve("cluster.yaml"), "nonsense: 1\n");
    daemon.answer("GET /api/v1/status", 200, JSON.toJson(status()));
    assertThat(run("status").code()).isZero();
  }

  @Test
  void configValidateNeedsNoDaemon() throws Exception {
    daemon.close();
    Path cluster = directory.resolve("cluster.yaml");
    Files.writeString(cluster, "cluster: { name: ledger }\nfailover: { primary-timeout: 3 }\n");
    String mistake =
        cluster
            + ":2:30: failover.primary-timeout: the duration 3 has no unit; write 3s (units: ms, s,"
            + " m, h, d; whole numbers only)\n";
    assertThat(run("config", "validate"))
        .isEqualTo(new Ran(1, mistake + directory + ": 1 mistake\n", ""));
    assertThat(run("config", "validate", cluster.toString()))
        .isEqualTo(new Ran(1, mistake + cluster + ": 1 mistake\n", ""));
    assertThat(run("config", "validate", "-o", "json").out())
        .isEqualTo(
            "{\"valid\":false,\"problems\":[{\"file\":\""
                + cluster
                + "\",\"line\":2,\"column\":30,\"path\":\"failover.primary-timeout\",\"message\":\"the"
                + " duration 3 has no unit; write 3s (units: ms, s, m, h, d; whole numbers"
                + " only)\"}]}\n");
    Files.writeString(
        cluster,
        """
        cluster: { name: ledger }
        failover: { connectivity-test: [10.0.0.1] }
        resources: [{ unit: a.service }]
        """);
    assertThat(run("config", "validate")).isEqualTo(new Ran(0, directory + ": valid\n", ""));
    assertThat(run("config", "show").out())
        .contains("name: beta", "\n---\n", "primary-timeout: 3s", "unit: a.service");
    assertThat(run("config", "show", "--output", "json").out())
        .startsWith("{\"node\":{\"node\":{\"name\":\"beta\"")
        .contains("\"primary-timeout\":\"3s\"");
  }

  @Test
  void mistakesInTheCommandAreToldWithTheNearestVerb() {
    assertThat(run("swichover"))
        .isEqualTo(
            new Ran(
                2,
                "",
                """
                understudy: Unmatched argument at index 0: 'swichover'
                Did you mean: understudy switchover or understudy version or understudy resolve?
                  see understudy --help
                """));
    assertThat(run("status", "--output", "xml").err())
        .isEqualTo(
            """
            understudy: Invalid value for option '--output': 'xml' is none of [table, json, yaml]
              see understudy status --help
            """);
    assertThat(run("pause", "--for", "2").err())
        .isEqualTo(
            """
            understudy: Invalid value for option '--for': the duration 2 has no unit; write 2s (units: ms, s, m, h, d; whole numbers only)
              see understudy pause --help
            """);
    assertThat(run("is").code()).isEqualTo(2);
    assertThat(daemon.requests()).isEmpty();
  }

  @Test
  void versionAndCompletionNeedNoConfiguration() {
    environment.clear();
    assertThat(run("version")).isEqualTo(new Ran(0, "understudy 1.2.3\n", ""));
    assertThat(run("completion").out()).contains("complete -F", "switchover", "--even-if-peer");
    assertThat(run("--help").out()).contains("switchover  ", "config  ");
  }

  private static String operation(
      String state, @Nullable String code, @Nullable String message, List<String> steps) {
    return JSON.toJson(
        Views.Operation.plain(
            "17", "switchover", state, steps, code, message, null, Instant.EPOCH, null));
  }

  private static Views.Status status() {
    Instant at = Instant.parse("2026-11-21T09:00:00Z");
    Views.Run run = new Views.Run("1", "files", at, at, "done", 1, 1, 1, 1.0, List.of(), "g-17");
    return new Views.Status(
        "beta would take over in ~3 s and lose at most 0.8 s",
        "ledger",
        "DEGRADED",
        "beta",
        "1.2.3",
        "paused",
        Instant.parse("2026-11-21T10:00:00Z"),
        new Views.Countdown("alpha", 2.0, 1.0, List.of("connectivity")),
        "the countdown",
        List.of(
            new Views.NodeRow(
                "alpha", "primary", "active", 7, null, "source", null, null, 2.0, "2/2", "serving",
                "1.2.3", -0.1, null),
            new Views.NodeRow(
                "beta",
                "secondary",
                "standby",
                7,
                false,
                "behind",
                0.8,
                12_300L,
                null,
                null,
                "possible",
                "1.2.3",
                null,
                "alpha"),
            new Views.NodeRow(
                "gamma",
                "dr",
                "standby",
                6,
                false,
                "unknown",
                null,
                null,
                null,
                null,
                "never heard",
                null,
                null,
                null)),
        List.of(
            new Views.AddressRow("10.0.0.50/24", "alpha", 2.1),
            new Views.AddressRow("fd00::50/64", null, null)),
        List.of(),
        List.of(
            new Views.Dataset(
                "files",
                "/srv",
                "continuous",
                "g-17",
                at,
                1L,
                1L,
                run,
                null,
                null,
                null,
                null,
                null,
                null),
            new Views.Dataset(
                "db", "/db", "10m", null, null, null, null, null, null, null, null, null, null,
                null)));
  }
}
