package understudy.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code /api/v1/config}: shows the cluster document and changes it by compare-and-set. */
final class ConfigCalls {
  private static final String PATH = "/api/v1/config";
  private static final JsonType<Views.Document> DOCUMENT =
      Jsonb.instance().type(Views.Document.class);
  private static final JsonType<Views.DocumentChange> CHANGE =
      Jsonb.instance().type(Views.DocumentChange.class);

  private final DocumentCalls documents;

  ConfigCalls(DocumentCalls documents) {
    this.documents = documents;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", PATH, Access.VIEWER, this::show),
        new Route("PUT", PATH, Access.ADMIN, this::change));
  }

  private void show(Exchange exchange) throws IOException {
    Views.Document document = documents.document();
    exchange.set("ETag", '"' + document.hash() + '"');
    exchange.json(200, DOCUMENT.toJson(document));
  }

  private void change(Exchange exchange) throws IOException, ProblemException {
    boolean dryRun = exchange.query("dryRun").filter("true"::equals).isPresent();
    Optional<String> expected = expected(exchange);
    try {
      Views.DocumentChange change =
          documents.change(exchange.body(), expected, exchange.caller().name(), dryRun);
      exchange.set("ETag", '"' + change.hash() + '"');
      exchange.json(200, CHANGE.toJson(change));
    } catch (DocumentCalls.Refused refused) {
      throw problem(refused);
    }
  }

  /** A change without it could undo one that its author never saw. */
  private static Optional<String> expected(Exchange exchange) throws ProblemException {
    Optional<String> match = exchange.header("If-Match");
    if (match.isEmpty()) {
      throw new ProblemException(
          428,
          "if-match-missing",
          "Say what you have read",
          "a change of the document needs the header If-Match",
          "send the ETag of GET " + PATH + ", or * to replace whatever is there");
    }
    return match.map(tag -> tag.replace("\"", "").strip()).filter(tag -> !tag.equals("*"));
  }

  private static ProblemException problem(DocumentCalls.Refused refused) {
    String detail = String.valueOf(refused.getMessage());
    return switch (refused.why()) {
      case CHANGED ->
          new ProblemException(412, "document-changed", "Changed meanwhile", detail, refused.fix());
      case INVALID ->
          new ProblemException(
              422, "invalid-document", "The document is not valid", detail, refused.fix());
      case NOT_WHILE_RUNNING ->
          new ProblemException(
              409, "not-while-running", "Refused by a safety check", detail, refused.fix());
      case NOT_STORED ->
          new ProblemException(500, "not-stored", "It could not be written", detail, refused.fix());
    };
  }
}
