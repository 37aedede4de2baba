package understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.FreePort;

class ApiServerTest {
  @TempDir Path state;
  private RunningApi api;

  @BeforeEach
  void start() throws Exception {
    api = new RunningApi(state);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void healthIsOneWordForAnyone() throws Exception {
    assertThat(api.get("/health/live").body()).isEqualTo("live\n");
    assertThat(api.get("/health/active").statusCode()).isEqualTo(200);
    assertThat(api.get("/health/standby").statusCode()).isEqualTo(503);
    assertThat(api.send("HEAD", "/health/active", "").statusCode()).isEqualTo(200);
    assertThat(api.send("OPTIONS", "/health/active", "").statusCode()).isEqualTo(200);
  }

  @Test
  void standbyIsHealthyOnlyWithinTheLagAsked() throws Exception {
    api.node.isActive = false;
    api.node.lag = Duration.ofSeconds(20);

    assertThat(api.get("/health/standby?max-lag=30s").statusCode()).isEqualTo(200);
    assertThat(api.get("/health/standby?max-lag=10s").statusCode()).isEqualTo(503);
    assertThat(api.get("/health/standby?max-lag=10").statusCode()).isEqualTo(400);
  }

  @Test
  void statusNeedsASignInOverTheNetworkAndNoneOnTheUnixSocket() throws Exception {
    assertThat(api.get("/api/v1/status").statusCode()).isEqualTo(401);
    assertThat(api.get("/api/v1/status", api.signIn("vera")).body())
        .contains("\"cluster\":\"ledger\"");
    assertThat(api.local("GET", "/api/v1/status", ""))
        .startsWith("HTTP/1.1 200")
        .contains("\"cluster\":\"ledger\"");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(api.socket)))
        .isEqualTo("rw-------");
  }

  @Test
  void anOperatorSwitchesOverAndAViewerDoesNot() throws Exception {
    HttpResponse<String> taken =
        api.post("/api/v1/switchover", "{\"reason\":\"patch day\"}", api.signIn("olga"));
    HttpResponse<String> refused = api.post("/api/v1/switchover", "", api.signIn("vera"));

    assertThat(taken.statusCode()).isEqualTo(202);
    assertThat(taken.headers().firstValue("Location")).contains("/api/v1/operations/op1");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(api.node.asked)
        .containsExactly(
            new Action(
                Action.Kind.SWITCHOVER,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "patch day",
                null,
                null));
    assertThat(api.node.askedBy).containsExactly("olga");
  }

  @Test
  void everyActionHasItsPathAndEveryAnswerItsCode() throws Exception {
    for (Action.Kind kind : Action.Kind.values()) {
      assertThat(api.local("POST", "/api/v1/" + kind.word(), "")).startsWith("HTTP/1.1 202");
    }
    api.node.nextState = "done";
    assertThat(api.local("POST", "/api/v1/resume", "")).startsWith("HTTP/1.1 200");
    api.node.nextState = "refused";
    assertThat(api.local("POST", "/api/v1/switchover", ""))
        .startsWith("HTTP/1.1 409")
        .contains("application/problem+json")
        .contains("\"code\":\"peer-unreachable\"")
        .contains("\"fix\":\"add --even-if-peer-unreachable\"");
  }

  @Test
  void theSameIdempotencyKeyGivesTheFirstOperationAgain() throws Exception {
    String[] signedIn = api.signIn("admin");
    String[] headers = Arrays.copyOf(signedIn, 6);
    headers[4] = "Idempotency-Key";
    headers[5] = "k1";

    String first = api.post("/api/v1/pause", "{\"forSeconds\":60}", headers).body();

    assertThat(api.post("/api/v1/pause", "{\"forSeconds\":60}", headers).body()).isEqualTo(first);
    assertThat(api.node.asked).hasSize(1);
  }

  @Test
  void aBadBodyIsRefusedWithItsPlace() throws Exception {
    assertThat(api.local("POST", "/api/v1/pause", "{\"forSeconds\": \"an hour\"}"))
        .startsWith("HTTP/1.1 400")
        .contains("line 1, column 16: forSeconds is a whole number from 1 to 31622400");
    assertThat(api.local("POST", "/api/v1/pause", "{\n \"forSecond\": 3}"))
        .startsWith("HTTP/1.1 400")
        .contains("line 2, column 2: no such field");
    assertThat(api.local("POST", "/api/v1/pause", "{\"sync\": true"))
        .startsWith("HTTP/1.1 400")
        .contains("line 1, column ");
    assertThat(api.local("POST", "/api/v1/pause", "[]")).startsWith("HTTP/1.1 400");
    assertThat(api.local("POST", "/api/v1/pause", "{\"sync\":1}"))
        .contains("sync is true or false");
    assertThat(api.node.asked).isEmpty();
  }

  @Test
  void whatIsTooLargeOrUnknownIsRefusedAsAProblem() throws Exception {
    assertThat(api.local("POST", "/api/v1/pause", " ".repeat(65 * 1024)))
        .startsWith("HTTP/1.1 413")
        .contains("too-large");
    assertThat(api.local("GET", "/api/v1/nothing", ""))
        .startsWith("HTTP/1.1 404")
        .contains("application/problem+json");
    assertThat(api.local("GET", "/api/v1/switchover", ""))
        .startsWith("HTTP/1.1 405")
        .contains("Allow: OPTIONS, POST");
    assertThat(api.local("GET", "/api/v1/operations/none", "")).startsWith("HTTP/1.1 404");
    assertThat(api.local("GET", "/api/v1/history?limit=5000", "")).startsWith("HTTP/1.1 400");
    assertThat(api.get("/health/live", "X-Long", "x".repeat(9000)).statusCode()).isEqualTo(431);
  }

  @Test
  void anOperationOfAPeerThatDoesNotAnswerIsNoMissingOne() throws Exception {
    Views.Operation unknown =
        Views.Operation.plain(
            "beta:17",
            "forwarded",
            "unknown",
            List.of(),
            "peer-unreachable",
            "beta does not answer",
            "ask again",
            ShownNode.NOON,
            null);
    api.node.operations.put("beta:17", unknown);

    assertThat(api.local("GET", "/api/v1/operations/beta:17", ""))
        .startsWith("HTTP/1.1 503")
        .contains("\"code\":\"peer-unreachable\"")
        .contains("\"fix\":\"ask again\"");
    assertThat(api.local("GET", "/api/v1/operations/beta:18", "")).startsWith("HTTP/1.1 404");
  }

  @Test
  void historyPagesBackwards() throws Exception {
    assertThat(api.local("GET", "/api/v1/history?before=12&limit=1", ""))
        .contains("\"id\":11")
        .doesNotContain("\"id\":12");
  }

  @Test
  void aChangeWithoutTheTokenOrFromAnotherSiteIsRefused() throws Exception {
    String[] signedIn = api.signIn("admin");

    assertThat(api.post("/api/v1/pause", "{}", "Cookie", signedIn[1]).statusCode()).isEqualTo(403);
    assertThat(api.post("/act/pause", "minutes=5&token=guess", "Cookie", signedIn[1]).statusCode())
        .isEqualTo(403);
    assertThat(
            api.post(
                    "/api/v1/pause",
                    "{}",
                    "Cookie",
                    signedIn[1],
                    "X-Understudy-Token",
                    signedIn[3],
                    "Origin",
                    "https://evil.example")
                .statusCode())
        .isEqualTo(403);
    assertThat(api.node.asked).isEmpty();
  }

  @Test
  void fiveWrongPasswordsLockTheNameForAWhile() throws Exception {
    String wrong = "{\"user\":\"admin\",\"password\":\"guess\"}";
    String right = "{\"user\":\"admin\",\"password\":\"" + RunningApi.PASSWORD + "\"}";
    for (int i = 0; i < 5; i++) {
      assertThat(api.post("/api/v1/sign-in", wrong).statusCode()).isEqualTo(401);
    }

    assertThat(api.post("/api/v1/sign-in", right).statusCode()).isEqualTo(429);

    api.clock.turn(Duration.ofMinutes(5).plusSeconds(1));
    assertThat(api.post("/api/v1/sign-in", right).statusCode()).isEqualTo(200);
  }

  @Test
  void guessesSentAtOnceAreCountedBeforeTheyAreChecked() throws Exception {
    String wrong = "{\"user\":\"olga\",\"password\":\"wrong\"}";
    Callable<Integer> guess = () -> api.post("/api/v1/sign-in", wrong).statusCode();

    List<Integer> answers = new ArrayList<>();
    try (var guessers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> answer : guessers.invokeAll(Collections.nCopies(30, guess))) {
        answers.add(answer.get());
      }
    }

    assertThat(answers).containsOnly(401, 429);
    assertThat(Collections.frequency(answers, 401)).isEqualTo(5);
  }

  @Test
  void aRightPasswordDoesNotCountAgainstItsAddress() throws Exception {
    String right = "{\"user\":\"vera\",\"password\":\"" + RunningApi.PASSWORD + "\"}";
    for (int at = 0; at < 25; at++) {
      assertThat(api.post("/api/v1/sign-in", right).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void onlyAnAdministratorRestoresToAPathOfTheMachine() throws Exception {
    String toPath = "{\"item\":\"beta:17\",\"to\":\"/tmp/there\",\"replace\":true}";

    HttpResponse<String> refused = api.post("/api/v1/salvage/restore", toPath, api.signIn("olga"));

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body())
        .contains("\"code\":\"not-allowed\"")
        .contains("olga is not admin")
        .contains("in place");
    assertThat(api.post("/api/v1/salvage/restore", "{}", api.signIn("olga")).statusCode())
        .isEqualTo(200);
    assertThat(api.post("/api/v1/salvage/restore", toPath, api.signIn("admin")).statusCode())
        .isEqualTo(200);
    assertThat(api.local("POST", "/api/v1/salvage/restore", toPath)).startsWith("HTTP/1.1 200");
  }

  @Test
  void aSessionEndsWhenIdleAndAfterTwelveHours() throws Exception {
    String[] idle = api.signIn("vera");
    api.clock.turn(Duration.ofMinutes(31));
    assertThat(api.get("/api/v1/status", idle).statusCode()).isEqualTo(401);

    String[] busy = api.signIn("vera");
    for (int i = 0; i < 24; i++) {
      api.clock.turn(Duration.ofMinutes(29));
      assertThat(api.get("/api/v1/status", busy).statusCode()).isEqualTo(200);
    }
    api.clock.turn(Duration.ofMinutes(29));
    assertThat(api.get("/api/v1/status", busy).statusCode()).isEqualTo(401);
  }

  @Test
  void aProgramSignsInOnceAndSendsItsBearerTokenThen() throws Exception {
    String answer =
        api.post(
                "/api/v1/sign-in",
                "{\"user\":\"olga\",\"password\":\"" + RunningApi.PASSWORD + "\"}")
            .body();
    String bearer = "Bearer " + answer.replaceAll(".*\"bearer\":\"([^\"]+)\".*", "$1");

    assertThat(api.post("/api/v1/sync", "{}", "Authorization", bearer).statusCode()).isEqualTo(202);
    assertThat(api.post("/api/v1/sync", "{}", "Authorization", "Bearer guess").statusCode())
        .isEqualTo(401);
  }

  @Test
  void signingOutEndsTheSession() throws Exception {
    String[] signedIn = api.signIn("vera");

    api.post("/api/v1/sign-out", "{}", signedIn);

    assertThat(api.get("/api/v1/status", signedIn).statusCode()).isEqualTo(401);
  }

  @Test
  void eventsComeLiveAndThoseMissedComeAgain() throws Exception {
    String[] signedIn = api.signIn("vera");
    String id;
    try (BufferedReader lines = events(signedIn)) {
      assertThat(block(lines)).contains("retry: 2000").contains("event: status");
      api.node.publish("history", "{\"id\":1}");
      String event = block(lines);
      assertThat(event).contains("event: history").contains("data: {\"id\":1}");
      id = event.lines().filter(line -> line.startsWith("id: ")).findFirst().orElseThrow();
    }
    api.node.publish("history", "{\"id\":2}");

    String[] resuming = Arrays.copyOf(signedIn, 6);
    resuming[4] = "Last-Event-ID";
    resuming[5] = id.substring(4);
    try (BufferedReader lines = events(resuming)) {
      block(lines);
      assertThat(block(lines)).contains("data: {\"id\":2}");
    }
  }

  @Test
  void aQuietStreamShowsThatItIsAlive() throws Exception {
    try (BufferedReader lines = events(api.signIn("vera"))) {
      block(lines);
      assertThat(block(lines)).contains("event: alive");
    }
  }

  @Test
  void theStreamOfASignedOutUserEnds() throws Exception {
    String[] signedIn = api.signIn("vera");
    try (BufferedReader lines = events(signedIn)) {
      block(lines);
      api.post("/api/v1/sign-out", "{}", signedIn);
      assertThat(lines.lines().toList()).isNotNull();
    }
  }

  private BufferedReader events(String[] headers) throws Exception {
    return new BufferedReader(
        new InputStreamReader(
            api.browser
                .send(
                    api.request("GET", "/api/v1/events", "", headers), BodyHandlers.ofInputStream())
                .body(),
            StandardCharsets.UTF_8));
  }

  private static String block(BufferedReader lines) throws Exception {
    StringBuilder block = new StringBuilder();
    for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
      block.append(line).append('\n');
    }
    return block.toString();
  }

  @Test
  void everyAnswerCarriesTheSecurityHeaders() throws Exception {
    HttpResponse<String> answer = api.get("/sign-in");

    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'")
        .doesNotContain("unsafe");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
    assertThat(answer.headers().firstValue("Server")).isEmpty();
  }

  @Test
  void theCookieIsForThisServerOnly() throws Exception {
    HttpResponse<String> answer = api.post("/sign-in", "user=admin&password=correct+horse");

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow())
        .contains("Secure")
        .contains("HttpOnly")
        .contains("SameSite=Strict");
  }

  @Test
  void theConsoleShowsTheSentenceTheNodesAndTheHistoryEscaped() throws Exception {
    assertThat(api.get("/").statusCode()).isEqualTo(303);

    String page = api.get("/", api.signIn("vera")).body();

    assertThat(page)
        .contains("You are on the <strong>ACTIVE</strong>")
        .contains("beta would take over in ~3 s")
        .contains("claim-after-timeout")
        .contains("lag 0.8 s &lt;script&gt;")
        .doesNotContain("lag 0.8 s <script>")
        .doesNotContain("Switch over…");
  }

  @Test
  void theConsoleSaysWhatWillHappenBeforeItDoesIt() throws Exception {
    String[] signedIn = api.signIn("olga");

    String page = api.get("/confirm/switchover", signedIn).body();
    HttpResponse<String> done =
        api.post("/act/switchover", "reason=test&token=" + signedIn[3], signedIn);

    assertThat(page).contains("hand the mandate to beta").contains("What will happen");
    assertThat(done.headers().firstValue("Location")).contains("/operation/op2");
    assertThat(api.get("/operation/op2", signedIn).body()).contains("switchover: running");
    assertThat(api.node.asked).extracting(Action::dryRun).containsExactly(Boolean.TRUE, null);
  }

  @Test
  void browsersAreServedByTheProtocolThatTheyOffer() throws Exception {
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      try (SSLSocket browser =
          (SSLSocket)
              RunningApi.trusting()
                  .getSocketFactory()
                  .createSocket("127.0.0.1", api.server.port())) {
        SSLParameters offer = browser.getSSLParameters();
        offer.setProtocols(new String[] {version});
        offer.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        browser.setSSLParameters(offer);
        browser.startHandshake();
        assertThat(browser.getApplicationProtocol()).isEqualTo("http/1.1");
      }
    }
  }

  @Test
  void theUnixSocketOfARunningDaemonIsNotTakenOver() {
    assertThatThrownBy(() -> new RunningApi(state))
        .hasMessageContaining("another daemon answers on");
    assertThat(Files.exists(api.socket)).isTrue();
  }

  @Test
  void aLeftoverSocketFileIsReplaced() throws Exception {
    api.close();
    ServerSocketChannel leftover = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    leftover.bind(UnixDomainSocketAddress.of(api.socket));
    leftover.close();
    assertThat(Files.exists(api.socket)).isTrue();

    api = new RunningApi(state);

    assertThat(api.local("GET", "/api/v1/status", "")).startsWith("HTTP/1.1 200");
  }

  @Test
  void aTakenPortIsNamed(@TempDir Path other) {
    assertThatThrownBy(() -> new RunningApi(other, api.server.port(), Optional.empty()))
        .hasMessageContaining("cannot listen on 127.0.0.1:" + api.server.port());
  }

  @Test
  void thePlainListenerAnswersHealthAndNothingElse(@TempDir Path other) throws Exception {
    int port = FreePort.next();
    try (RunningApi plain = new RunningApi(other, 0, Optional.of(port))) {
      assertThat(plain(plain, port, "/health/ready")).isEqualTo(200);
      assertThat(plain(plain, port, "/")).isEqualTo(404);
      assertThat(plain(plain, port, "/api/v1/openapi.yaml")).isEqualTo(404);
    }
  }

  private static int plain(RunningApi api, int port, String path) throws Exception {
    return api.browser
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void anExplanationIsAskedForByEvent() throws Exception {
    String[] session = api.signIn("vera");

    assertThat(api.get("/api/v1/explain", session).body())
        .contains("\"event\":\"now\"")
        .contains("alpha took over");
    assertThat(api.get("/api/v1/explain?event=12", session).body()).contains("\"event\":\"12\"");
    assertThat(api.get("/api/v1/explain?event=99", session).statusCode()).isEqualTo(404);
    assertThat(api.get("/api/v1/explain?event=nonsense", session).statusCode()).isEqualTo(400);
  }

  @Test
  void anActionDecidedOnAPastStatusIsRefusedAndARepeatedOneIsNot() throws Exception {
    String[] session = api.signIn("olga");
    String tag = api.get("/api/v1/status", session).headers().firstValue("ETag").orElseThrow();
    String[] stale = with(session, "If-Match", "\"term-1\"");
    String[] fresh = with(session, "If-Match", tag);

    HttpResponse<String> refused = api.post("/api/v1/switchover", "{}", stale);
    assertThat(refused.statusCode()).isEqualTo(412);
    assertThat(refused.body()).contains("\"code\":\"term-changed\"").contains("\"fix\":");
    assertThat(api.node.asked).isEmpty();

    assertThat(api.post("/api/v1/switchover", "{}", fresh).statusCode()).isEqualTo(202);
    String[] keyed = with(fresh, "Idempotency-Key", "k1");
    String first = api.post("/api/v1/switchover", "{}", keyed).body();
    String[] repeated = with(stale, "Idempotency-Key", "k1");
    assertThat(api.post("/api/v1/switchover", "{}", repeated).body()).isEqualTo(first);
    assertThat(api.node.asked).hasSize(2);
  }

  private static String[] with(String[] headers, String... more) {
    return Stream.concat(Stream.of(headers), Stream.of(more)).toArray(String[]::new);
  }
}
