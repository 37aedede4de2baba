package understudy.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cluster document over HTTP: read, replaced by compare-and-set, refused with a reason. */
class ConfigCallsTest {
  private static final String PATH = "/api/v1/config";

  @TempDir Path state;

  private static HttpResponse<String> put(
      RunningApi api, String user, String text, String... headers) throws Exception {
    String[] all =
        Stream.concat(Stream.of(api.signIn(user)), Stream.of(headers)).toArray(String[]::new);
    return api.send("PUT", PATH, text, all);
  }

  @Test
  void whatWasReadIsReplacedOnce() throws Exception {
    try (RunningApi api = new RunningApi(state)) {
      HttpResponse<String> read = api.get(PATH, api.signIn("vera"));
      String tag = read.headers().firstValue("ETag").orElseThrow();
      assertThat(read.body()).contains("\"revision\":7").contains("cluster: { name: ledger }");

      var first = put(api, "admin", "cluster: { name: ledger } # 1\n", "If-Match", tag);
      var second = put(api, "admin", "cluster: { name: ledger } # 2\n", "If-Match", tag);

      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.body()).contains("\"state\":\"done\"").contains("+ admin");
      assertThat(second.statusCode()).isEqualTo(412);
      assertThat(second.body()).contains("\"code\":\"document-changed\"").contains("\"fix\":");
      assertThat(api.get(PATH, api.signIn("vera")).body()).contains("# 1");
    }
  }

  @Test
  void aChangeWithoutSayingWhatWasReadIsRefused() throws Exception {
    try (RunningApi api = new RunningApi(state)) {
      var answer = put(api, "admin", "cluster: { name: ledger }\n");

      assertThat(answer.statusCode()).isEqualTo(428);
      assertThat(answer.body()).contains("\"code\":\"if-match-missing\"");
    }
  }

  @Test
  void mistakesAreToldWithTheirPlaceAndNothingChanges() throws Exception {
    try (RunningApi api = new RunningApi(state)) {
      var answer = put(api, "admin", "mistake\n", "If-Match", "*");

      assertThat(answer.statusCode()).isEqualTo(422);
      assertThat(answer.body()).contains("\"code\":\"invalid-document\"").contains("document:1:1");
      assertThat(api.get(PATH, api.signIn("vera")).body()).contains("\"revision\":7");
    }
  }

  @Test
  void whatMayNotChangeWhileTheDaemonsRunIsRefusedAndNoMistake() throws Exception {
    try (RunningApi api = new RunningApi(state)) {
      var answer = put(api, "admin", "failover: { arbiter: majority }\n", "If-Match", "*");

      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).contains("\"code\":\"not-while-running\"").contains("stop all");
    }
  }

  @Test
  void onlyAnAdministratorChangesIt() throws Exception {
    try (RunningApi api = new RunningApi(state)) {
      assertThat(put(api, "olga", "x: 1\n", "If-Match", "*").statusCode()).isEqualTo(403);
    }
  }
}
