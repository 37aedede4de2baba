package understudy.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.wire.ReceivedJson;

/** {@code /api/v1/salvage…} and {@code /api/v1/sync/…}. */
final class DataRoutes {
  private static final String ROOT = "/api/v1";
  private static final long MOST_ROWS = 1000;
  private static final long USUAL_ROWS = 100;
  private static final int LONGEST_KEY = 128;
  private static final Jsonb STRICT = Jsonb.builder().failOnUnknown(true).build();
  private static final JsonType<DataAction> ACTION = STRICT.type(DataAction.class);
  private static final JsonType<DataViews.Answer> ANSWER =
      Jsonb.instance().type(DataViews.Answer.class);
  private static final JsonType<Views.Operation> OPERATION =
      Jsonb.instance().type(Views.Operation.class);

  private final DataCalls data;

  DataRoutes(DataCalls data) {
    this.data = data;
  }

  List<Route> routes() {
    return List.of(
        look("/salvage", DataQuestion.Topic.KEPT),
        look("/salvage/past", DataQuestion.Topic.PAST),
        look("/salvage/diff", DataQuestion.Topic.DIFFERENCES),
        look("/sync/heads", DataQuestion.Topic.HEADS),
        look("/sync/questions", DataQuestion.Topic.QUESTIONS),
        look("/sync/history", DataQuestion.Topic.RUNS),
        act("/salvage/restore", DataAction.Kind.RESTORE),
        act("/sync/answer", DataAction.Kind.ANSWER),
        act("/sync/verify", DataAction.Kind.VERIFY),
        act("/sync/limit", DataAction.Kind.LIMIT));
  }

  private Route look(String path, DataQuestion.Topic topic) {
    return new Route("GET", ROOT + path, Access.VIEWER, exchange -> look(exchange, topic));
  }

  private Route act(String path, DataAction.Kind kind) {
    return new Route("POST", ROOT + path, Access.OPERATOR, exchange -> act(exchange, kind));
  }

  private void look(Exchange exchange, DataQuestion.Topic topic)
      throws IOException, ProblemException {
    DataQuestion question =
        new DataQuestion(
            topic,
            exchange.query("dataset").orElse(null),
            exchange.query("path").orElse(null),
            time(exchange, "at"),
            exchange.query("item").orElse(null),
            exchange.query("onlyHere").map(Boolean::valueOf).orElse(null),
            time(exchange, "before"),
            Math.toIntExact(exchange.queryNumber("limit", USUAL_ROWS, 1, MOST_ROWS)),
            exchange.query("local").map(Boolean::valueOf).orElse(null));
    try {
      exchange.json(200, ANSWER.toJson(data.ask(question)));
    } catch (DataCalls.Refused refused) {
      throw problem(refused);
    }
  }

  private static @Nullable Instant time(Exchange exchange, String name) throws ProblemException {
    Optional<String> text = exchange.query(name);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Instant.parse(text.get());
    } catch (DateTimeException wrong) {
      throw ProblemException.badRequest(
          name + ": '" + text.get() + "' is no time in UTC such as 2026-01-31T14:00:00Z", null);
    }
  }

  private static ProblemException problem(DataCalls.Refused refused) {
    return new ProblemException(
        409,
        refused.code(),
        "Not possible as asked",
        String.valueOf(refused.getMessage()),
        refused.fix());
  }

  private void act(Exchange exchange, DataAction.Kind kind) throws IOException, ProblemException {
    String body = exchange.body();
    DataAction action;
    try {
      action = ReceivedJson.read(ACTION, body.isBlank() ? "{}" : body).as(kind);
    } catch (IOException malformed) {
      throw ProblemException.badRequest("the body: " + malformed.getMessage(), null);
    }
    if (action.to() != null && !exchange.caller().access().includes(Access.ADMIN)) {
      throw notToAPath(exchange.caller());
    }
    Optional<String> key = exchange.header("Idempotency-Key");
    if (key.isPresent() && key.get().length() > LONGEST_KEY) {
      throw ProblemException.badRequest(
          "an Idempotency-Key has at most " + LONGEST_KEY + " characters", null);
    }
    Views.Operation operation = data.act(action, exchange.caller().name(), key);
    exchange.set("Location", ROOT + "/operations/" + operation.id());
    switch (operation.state()) {
      case "running" -> exchange.json(202, OPERATION.toJson(operation));
      case "refused" -> throw problem(409, operation);
      case "failed" -> throw problem(ProblemException.statusOfFailed(operation), operation);
      default -> exchange.json(200, OPERATION.toJson(operation));
    }
  }

  /** The daemon writes as root: a path of one's choice would be every right on this machine. */
  private static ProblemException notToAPath(Caller caller) {
    return new ProblemException(
        403,
        "not-allowed",
        "Not allowed",
        caller.name() + " is not admin, and a restore to a path writes there as root",
        "restore in place, or ask an administrator of this cluster; root on the node may always");
  }

  private static ProblemException problem(int status, Views.Operation operation) {
    return new ProblemException(
        status,
        Objects.requireNonNullElse(operation.code(), operation.state()),
        "Not possible as asked",
        Objects.requireNonNullElse(operation.message(), operation.action()),
        operation.fix());
  }
}
