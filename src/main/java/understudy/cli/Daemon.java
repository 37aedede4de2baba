package understudy.cli;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import understudy.api.Action;
import understudy.api.DataAction;
import understudy.api.DataViews;
import understudy.api.PairViews;
import understudy.api.Views;
import understudy.wire.ReceivedJson;

/** The API as verbs see it: typed answers, and failures with their exit code. */
final class Daemon {
  private static final String ROOT = "/api/v1";

  private final Line line;
  private final Jsonb json = Jsonb.instance();

  Daemon(Line line) {
    this.line = line;
  }

  /**
   * A typed answer and the text that it was read from.
   *
   * @param json as the daemon sent it, also with what this version does not know
   */
  record Told<T>(T view, String json) {}

  Told<Views.Status> status() throws Failure {
    return read("/status", jsonb -> jsonb.type(Views.Status.class));
  }

  Told<Views.Readiness> readiness() throws Failure {
    return read("/readiness", jsonb -> jsonb.type(Views.Readiness.class));
  }

  Told<List<Views.Dataset>> datasets() throws Failure {
    return read("/datasets", jsonb -> jsonb.type(Views.Dataset.class).list());
  }

  /** Newest first; {@code before}: only rows with a smaller id. */
  Told<List<Views.HistoryRow>> history(Optional<Long> before, int limit) throws Failure {
    String page = before.map(id -> "&before=" + id).orElse("");
    return read(
        "/history?limit=" + limit + page, jsonb -> jsonb.type(Views.HistoryRow.class).list());
  }

  /** Why something happened or did not; {@code event}: {@code now}, an id or a time. */
  Told<Views.Explanation> explain(String event) throws Failure {
    String encoded = URLEncoder.encode(event, StandardCharsets.UTF_8);
    return read("/explain?event=" + encoded, jsonb -> jsonb.type(Views.Explanation.class));
  }

  Told<List<Views.Run>> runs(int limit) throws Failure {
    return read("/runs?limit=" + limit, jsonb -> jsonb.type(Views.Run.class).list());
  }

  Told<Views.Operation> operation(String id) throws Failure {
    return read("/operations/" + id, jsonb -> jsonb.type(Views.Operation.class));
  }

  /** Hands in an action; the answer may still be running. */
  Told<Views.Operation> act(Action action) throws Failure {
    String body = json.type(Action.class).toJson(action);
    Line.Answer answer =
        line.exchange("POST", ROOT + "/" + action.kind().word(), Optional.of(body));
    return read(answer, json.type(Views.Operation.class));
  }

  /** Hands in what is to be done with data; the answer may still be running. */
  Told<Views.Operation> act(String path, DataAction action) throws Failure {
    String body = json.type(DataAction.class).toJson(action);
    return read(
        line.exchange("POST", ROOT + path, Optional.of(body)), json.type(Views.Operation.class));
  }

  /** A look at data and at what was kept of it. */
  Told<DataViews.Answer> data(String path, DataQuery query) throws Failure {
    return read(path + query, jsonb -> jsonb.type(DataViews.Answer.class));
  }

  Told<PairViews.Invitation> invite() throws Failure {
    return pair("invite", "{}", json.type(PairViews.Invitation.class));
  }

  /** Tries every way between the nodes; takes some seconds. */
  Told<List<PairViews.Reach>> pairTest() throws Failure {
    return pair("test", "{}", json.type(PairViews.Reach.class).list());
  }

  /** Ends the relationship, or only says what that would mean. */
  Told<PairViews.Leave> leave(boolean dryRun) throws Failure {
    return pair("leave", "{\"dryRun\":" + dryRun + "}", json.type(PairViews.Leave.class));
  }

  /** Revokes another node, or only says what that would mean. */
  Told<PairViews.Leave> remove(String node, boolean dryRun) throws Failure {
    Action wish =
        new Action(
            Action.Kind.CANCEL, null, null, null, null, null, null, node, null, null, dryRun, null);
    String body = json.type(Action.class).toJson(wish);
    return pair("remove", body, json.type(PairViews.Leave.class));
  }

  private <T> Told<T> pair(String what, String body, JsonType<T> type) throws Failure {
    return read(line.exchange("POST", ROOT + "/pair/" + what, Optional.of(body)), type);
  }

  /** Newest first. */
  Told<List<Views.Drill>> drills() throws Failure {
    return read("/drills", jsonb -> jsonb.type(Views.Drill.class).list());
  }

  /** The cluster document. */
  Told<Views.Document> document() throws Failure {
    return read("/config", jsonb -> jsonb.type(Views.Document.class));
  }

  /**
   * Puts a document in force, or only says what that would change.
   *
   * @param expected hash of the document that was read
   */
  Told<Views.DocumentChange> change(String document, String expected, boolean dryRun)
      throws Failure {
    Line.Answer answer =
        line.send(
            "PUT",
            ROOT + "/config?dryRun=" + dryRun,
            document,
            Map.of("If-Match", '"' + expected + '"'));
    return read(answer, json.type(Views.DocumentChange.class));
  }

  /** One of the health questions: {@code active}, {@code standby} or {@code ready}. */
  boolean is(String word) throws Failure {
    Line.Answer answer = line.exchange("GET", "/health/" + word, Optional.empty());
    if (answer.status() != 200 && answer.status() != 503) {
      throw problem(answer);
    }
    return answer.status() == 200;
  }

  private <T> Told<T> read(String path, Function<Jsonb, JsonType<T>> type) throws Failure {
    return read(line.exchange("GET", ROOT + path, Optional.empty()), type.apply(json));
  }

  private <T> Told<T> read(Line.Answer answer, JsonType<T> type) throws Failure {
    if (!answer.isGood()) {
      throw problem(answer);
    }
    try {
      return new Told<>(ReceivedJson.read(type, answer.body()), answer.body());
    } catch (IOException notUnderstood) {
      throw new Failure(
          ExitCode.FAILED,
          "the answer of the daemon was not understood: " + notUnderstood.getMessage(),
          "check that daemon and command have the same version: understudy version",
          notUnderstood);
    }
  }

  private Failure problem(Line.Answer answer) {
    try {
      Views.Problem problem = ReceivedJson.read(json.type(Views.Problem.class), answer.body());
      String fix = problem.fix() == null ? "" : problem.fix();
      return new Failure(Outcomes.of(problem), problem.detail(), fix);
    } catch (IOException noProblem) {
      return new Failure(
          ExitCode.FAILED,
          "the daemon answered " + answer.status() + " without a reason",
          "see the log of the daemon",
          noProblem);
    }
  }
}
