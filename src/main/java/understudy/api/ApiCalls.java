package understudy.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** {@code /api/v1/…}: what the node shows, and actions handed to it. */
final class ApiCalls {
  private static final String ROOT = "/api/v1";
  private static final long MOST_ROWS = 1000;
  private static final long USUAL_ROWS = 50;
  private static final int LONGEST_KEY = 128;
  private static final Jsonb JSON = Jsonb.instance();
  private static final JsonType<Views.Status> STATUS = JSON.type(Views.Status.class);
  private static final JsonType<Views.Readiness> READINESS = JSON.type(Views.Readiness.class);
  private static final JsonType<List<Views.Dataset>> DATASETS =
      JSON.type(Views.Dataset.class).list();
  private static final JsonType<List<Views.HistoryRow>> HISTORY =
      JSON.type(Views.HistoryRow.class).list();
  private static final JsonType<Views.Explanation> EXPLANATION = JSON.type(Views.Explanation.class);
  private static final JsonType<List<Views.Drill>> DRILLS = JSON.type(Views.Drill.class).list();
  private static final JsonType<List<Views.Run>> RUNS = JSON.type(Views.Run.class).list();
  private static final JsonType<Views.Operation> OPERATION = JSON.type(Views.Operation.class);
  private static final JsonType<PairViews.Invitation> INVITATION =
      JSON.type(PairViews.Invitation.class);
  private static final JsonType<List<PairViews.Reach>> REACH =
      JSON.type(PairViews.Reach.class).list();
  private static final JsonType<PairViews.Leave> LEAVE = JSON.type(PairViews.Leave.class);

  private final ServedNode node;
  private final PairingCalls pairing;

  ApiCalls(ServedNode node, PairingCalls pairing) {
    this.node = node;
    this.pairing = pairing;
  }

  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(look("/status", this::status));
    routes.add(
        look("/readiness", exchange -> exchange.json(200, READINESS.toJson(node.readiness()))));
    routes.add(look("/datasets", exchange -> exchange.json(200, DATASETS.toJson(node.datasets()))));
    routes.add(look("/history", this::history));
    routes.add(look("/explain", this::explain));
    routes.add(look("/drills", exchange -> exchange.json(200, DRILLS.toJson(node.drills()))));
    routes.add(look("/runs", this::runs));
    routes.add(look("/operations/{id}", this::operation));
    for (Action.Kind kind : Action.Kind.values()) {
      routes.add(
          new Route(
              "POST", ROOT + "/" + kind.word(), Access.OPERATOR, exchange -> act(exchange, kind)));
    }
    routes.add(new Route("POST", ROOT + "/pair/invite", Access.ADMIN, this::invite));
    routes.add(
        new Route(
            "POST",
            ROOT + "/pair/test",
            Access.OPERATOR,
            exchange -> exchange.json(200, REACH.toJson(pairing.test()))));
    routes.add(new Route("POST", ROOT + "/pair/leave", Access.ADMIN, this::leave));
    routes.add(new Route("POST", ROOT + "/pair/remove", Access.ADMIN, this::remove));
    routes.add(new Route("GET", ROOT + "/openapi.yaml", Access.OPEN, ApiCalls::openApi));
    return routes;
  }

  private static Route look(String path, Route.Answer answer) {
    return new Route("GET", ROOT + path, Access.VIEWER, answer);
  }

  private void status(Exchange exchange) throws IOException {
    Views.Status status = node.status();
    exchange.set("ETag", tag(status));
    exchange.json(200, STATUS.toJson(status));
  }

  /** Changes whenever another reign begins. */
  private static String tag(Views.Status status) {
    long term = status.nodes().stream().mapToLong(Views.NodeRow::term).max().orElse(0);
    return "\"term-" + term + "\"";
  }

  /** A caller that decided on a past status must not act on the present one. */
  private void checkTerm(Exchange exchange) throws ProblemException {
    Optional<String> expected = exchange.header("If-Match").filter(tag -> !tag.equals("*"));
    String present = expected.isEmpty() ? "" : tag(node.status());
    if (expected.isPresent() && !expected.get().equals(present)) {
      throw new ProblemException(
          412,
          "term-changed",
          "Things have changed",
          "the status that this was decided on is past: it is " + present + " by now",
          "read the status again and decide anew");
    }
  }

  private void history(Exchange exchange) throws IOException, ProblemException {
    long before = exchange.queryNumber("before", Long.MAX_VALUE, 0, Long.MAX_VALUE);
    exchange.json(200, HISTORY.toJson(node.history(before, rows(exchange))));
  }

  private void explain(Exchange exchange) throws IOException, ProblemException {
    String event = exchange.query("event").orElse("now");
    if (event.length() > LONGEST_KEY) {
      throw ProblemException.badRequest(
          "an event has at most " + LONGEST_KEY + " characters", null);
    }
    try {
      Optional<Views.Explanation> explanation = node.explain(event);
      if (explanation.isEmpty()) {
        throw ProblemException.notFound("event " + event + " in the history");
      }
      exchange.json(200, EXPLANATION.toJson(explanation.get()));
    } catch (IllegalArgumentException noEvent) {
      throw ProblemException.badRequest(
          String.valueOf(noEvent.getMessage()), "see GET " + ROOT + "/history");
    }
  }

  private void runs(Exchange exchange) throws IOException, ProblemException {
    exchange.json(200, RUNS.toJson(node.runs(rows(exchange))));
  }

  private static int rows(Exchange exchange) throws ProblemException {
    return Math.toIntExact(exchange.queryNumber("limit", USUAL_ROWS, 1, MOST_ROWS));
  }

  private void operation(Exchange exchange) throws IOException, ProblemException {
    Optional<Views.Operation> operation = node.operation(exchange.id());
    if (operation.isEmpty()) {
      throw ProblemException.notFound("operation " + exchange.id());
    }
    if (operation.get().state().equals("unknown")) {
      throw problem(503, operation.get(), "Not known now");
    }
    exchange.json(200, OPERATION.toJson(operation.get()));
  }

  private void act(Exchange exchange, Action.Kind kind) throws IOException, ProblemException {
    Action action = ActionBody.read(kind, exchange.body());
    Optional<String> key = exchange.header("Idempotency-Key");
    if (key.isPresent() && key.get().length() > LONGEST_KEY) {
      throw ProblemException.badRequest(
          "an Idempotency-Key has at most " + LONGEST_KEY + " characters", null);
    }
    // A repeated wish is answered with its first operation, whatever has changed since.
    if (Boolean.TRUE.equals(action.dryRun()) || key.filter(node::knowsKey).isEmpty()) {
      checkTerm(exchange);
    }
    Views.Operation operation = node.act(action, exchange.caller().name(), key);
    exchange.set("Location", ROOT + "/operations/" + operation.id());
    switch (operation.state()) {
      case "running" -> exchange.json(202, OPERATION.toJson(operation));
      case "refused" -> throw problem(409, operation, "Refused by a safety check");
      case "failed" ->
          throw problem(ProblemException.statusOfFailed(operation), operation, "It did not work");
      default -> exchange.json(200, OPERATION.toJson(operation));
    }
  }

  private static ProblemException problem(int status, Views.Operation operation, String title) {
    return new ProblemException(
        status,
        Objects.requireNonNullElse(operation.code(), operation.state()),
        title,
        Objects.requireNonNullElse(operation.message(), operation.action()),
        operation.fix());
  }

  private void invite(Exchange exchange) throws IOException, ProblemException {
    try {
      exchange.json(200, INVITATION.toJson(pairing.invite()));
    } catch (PairingCalls.NotPossible notNow) {
      throw notPossible(notNow);
    }
  }

  private void remove(Exchange exchange) throws IOException, ProblemException {
    Action asked = ActionBody.read(Action.Kind.CANCEL, exchange.body());
    if (asked.target() == null) {
      throw ProblemException.badRequest("target names the node to remove", null);
    }
    try {
      exchange.json(
          200, LEAVE.toJson(pairing.remove(asked.target(), Boolean.TRUE.equals(asked.dryRun()))));
    } catch (PairingCalls.NotPossible notNow) {
      throw notPossible(notNow);
    }
  }

  private static ProblemException notPossible(PairingCalls.NotPossible notNow) {
    return new ProblemException(
        409, "not-possible", "Not possible now", String.valueOf(notNow.getMessage()), notNow.fix());
  }

  private void leave(Exchange exchange) throws IOException, ProblemException {
    Action asked = ActionBody.read(Action.Kind.CANCEL, exchange.body());
    try {
      exchange.json(200, LEAVE.toJson(pairing.leave(Boolean.TRUE.equals(asked.dryRun()))));
    } catch (PairingCalls.NotPossible notNow) {
      throw notPossible(notNow);
    }
  }

  private static void openApi(Exchange exchange) throws IOException {
    try (InputStream file =
        Objects.requireNonNull(ApiCalls.class.getResourceAsStream("openapi.yaml"))) {
      exchange.send(200, "application/yaml", file.readAllBytes());
    }
  }
}
