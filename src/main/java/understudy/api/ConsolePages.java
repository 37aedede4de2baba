package understudy.api;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The console: pages made here, readable without JavaScript, kept fresh by a small script. */
final class ConsolePages {
  private static final int HISTORY_ROWS = 50;
  private static final String HTML = "text/html;charset=utf-8";
  private static final Map<String, String> ASSETS =
      Map.of(
          "console.css", "text/css;charset=utf-8",
          "console.js", "text/javascript;charset=utf-8",
          "icon.svg", "image/svg+xml");

  private final TemplateEngine templates = TemplateEngine.createPrecompiled(ContentType.Html);
  private final ServedNode node;
  private final SignIn signIn;

  ConsolePages(ServedNode node, SignIn signIn) {
    this.node = node;
    this.signIn = signIn;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/", Access.OPEN, signedIn(Access.VIEWER, this::overview)),
        new Route("GET", "/live", Access.VIEWER, this::live),
        new Route("GET", "/sign-in", Access.OPEN, exchange -> signInPage(exchange, 200, "")),
        new Route("POST", "/sign-in", Access.OPEN, this::signIn),
        new Route("POST", "/sign-out", Access.OPEN, this::signOut),
        new Route("GET", "/confirm/{id}", Access.OPEN, signedIn(Access.OPERATOR, this::confirm)),
        new Route("POST", "/act/{id}", Access.OPERATOR, this::act),
        new Route("GET", "/operation/{id}", Access.OPEN, signedIn(Access.VIEWER, this::operation)),
        new Route("GET", "/assets/{id}", Access.OPEN, ConsolePages::asset));
  }

  /** Sends people who are not signed in to where they can. */
  private static Route.Answer signedIn(Access needed, Route.Answer answer) {
    return exchange -> {
      if (exchange.caller() instanceof Caller.Stranger) {
        exchange.redirect("/sign-in");
      } else if (exchange.caller().access().includes(needed)) {
        answer.to(exchange);
      } else {
        throw ProblemException.notAllowed(exchange.caller(), needed);
      }
    };
  }

  private void overview(Exchange exchange) throws IOException {
    Views.Status status = node.status();
    page(exchange, 200, "overview.jte", overviewModel(status, exchange.caller()));
  }

  private void live(Exchange exchange) throws IOException {
    page(exchange, 200, "live.jte", overviewModel(node.status(), exchange.caller()));
  }

  private Map<String, Object> overviewModel(Views.Status status, Caller caller) {
    Map<String, Object> model = new HashMap<>();
    model.put("frame", ConsoleFrame.of("Overview", status, caller));
    model.put("status", status);
    model.put("history", node.history(Long.MAX_VALUE, HISTORY_ROWS));
    model.put("now", Instant.now());
    return model;
  }

  private void signInPage(Exchange exchange, int code, String fault) throws IOException {
    Map<String, Object> model = new HashMap<>();
    model.put("frame", ConsoleFrame.of("Sign in", node.status(), new Caller.Stranger()));
    model.put("fault", fault);
    page(exchange, code, "signin.jte", model);
  }

  private void signIn(Exchange exchange) throws IOException, ProblemException {
    Map<String, String> form = exchange.form();
    SignIn.Outcome outcome =
        signIn.attempt(
            form.getOrDefault("user", ""), form.getOrDefault("password", ""), exchange.address());
    switch (outcome) {
      case SignIn.Outcome.Open open -> {
        SignIn.setCookie(exchange, open.session());
        exchange.redirect("/");
      }
      case SignIn.Outcome.Wrong wrong -> signInPage(exchange, 401, "Name or password is wrong.");
      case SignIn.Outcome.Locked locked ->
          signInPage(exchange, 429, "Too many sign-ins failed. Wait five minutes.");
    }
  }

  private void signOut(Exchange exchange) throws IOException, ProblemException {
    if (exchange.caller() instanceof Caller.SignedIn signedIn) {
      checkToken(exchange, exchange.form());
      signIn.out(signedIn.session());
    }
    SignIn.clearCookie(exchange);
    exchange.redirect("/sign-in");
  }

  private void confirm(Exchange exchange) throws IOException, ProblemException {
    Action.Kind kind = kind(exchange);
    Map<String, Object> model = new HashMap<>();
    model.put("frame", ConsoleFrame.of("Confirm", node.status(), exchange.caller()));
    model.put("verb", ConsoleVerb.of(kind));
    model.put("plan", node.act(planned(kind), exchange.caller().name(), Optional.empty()));
    page(exchange, 200, "confirm.jte", model);
  }

  private static Action planned(Action.Kind kind) {
    return new Action(kind, null, null, null, null, null, null, null, null, null, true, null);
  }

  private void act(Exchange exchange) throws IOException, ProblemException {
    Map<String, String> form = exchange.form();
    checkToken(exchange, form);
    Action action =
        new Action(
            kind(exchange),
            null,
            null,
            null,
            minutes(form.get("minutes")),
            null,
            null,
            null,
            null,
            form.get("reason"),
            null,
            null);
    Views.Operation operation = node.act(action, exchange.caller().name(), Optional.empty());
    if (operation.state().equals("refused")) {
      show(exchange, operation, 409);
    } else {
      exchange.redirect("/operation/" + operation.id());
    }
  }

  private static @Nullable Long minutes(@Nullable String text) throws ProblemException {
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      int minutes = Integer.parseInt(text.strip());
      if (minutes > 0) {
        return minutes * 60L;
      }
    } catch (NumberFormatException notANumber) {
      throw ProblemException.badRequest("minutes is a whole number above zero", null);
    }
    throw ProblemException.badRequest("minutes is a whole number above zero", null);
  }

  private void operation(Exchange exchange) throws IOException, ProblemException {
    Optional<Views.Operation> operation = node.operation(exchange.id());
    if (operation.isEmpty()) {
      throw ProblemException.notFound("operation " + exchange.id());
    }
    show(exchange, operation.get(), 200);
  }

  private void show(Exchange exchange, Views.Operation operation, int code) throws IOException {
    Map<String, Object> model = new HashMap<>();
    model.put("frame", ConsoleFrame.of("Operation", node.status(), exchange.caller()));
    model.put("operation", operation);
    page(exchange, code, "operation.jte", model);
  }

  private static Action.Kind kind(Exchange exchange) throws ProblemException {
    for (Action.Kind kind : Action.Kind.values()) {
      if (kind.word().equals(exchange.id().toLowerCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw ProblemException.notFound(exchange.path());
  }

  private static void checkToken(Exchange exchange, Map<String, String> form)
      throws ProblemException {
    if (exchange.caller() instanceof Caller.SignedIn signedIn
        && !signedIn.session().admits(form.getOrDefault("token", ""))) {
      throw Callers.otherSite();
    }
  }

  private static void asset(Exchange exchange) throws IOException, ProblemException {
    String type = ASSETS.get(exchange.id());
    if (type == null) {
      throw ProblemException.notFound(exchange.path());
    }
    try (InputStream file =
        Objects.requireNonNull(
            ConsolePages.class.getResourceAsStream("/console/" + exchange.id()))) {
      exchange.set("Cache-Control", "max-age=300");
      exchange.send(200, type, file.readAllBytes());
    }
  }

  private void page(Exchange exchange, int code, String template, Map<String, Object> model)
      throws IOException {
    TemplateOutput output = new StringOutput();
    templates.render(template, model, output);
    exchange.send(code, HTML, output.toString());
  }
}
