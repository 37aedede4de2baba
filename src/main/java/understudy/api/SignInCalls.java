package understudy.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** {@code /api/v1/sign-in} and {@code sign-out} for programs. */
final class SignInCalls {
  private static final JsonType<SessionView> SIGNED = Jsonb.instance().type(SessionView.class);

  private final SignIn signIn;

  SignInCalls(SignIn signIn) {
    this.signIn = signIn;
  }

  List<Route> routes() {
    return List.of(
        new Route("POST", "/api/v1/sign-in", Access.OPEN, this::in),
        new Route("POST", "/api/v1/sign-out", Access.OPEN, this::out));
  }

  private void in(Exchange exchange) throws IOException, ProblemException {
    String body = exchange.body();
    String user = ActionBody.required(body, "user");
    String password = ActionBody.required(body, "password");
    switch (signIn.attempt(user, password, exchange.address())) {
      case SignIn.Outcome.Open open -> {
        SignIn.setCookie(exchange, open.session());
        exchange.json(
            200,
            SIGNED.toJson(
                new SessionView(
                    open.session().user(),
                    open.session().access().name().toLowerCase(Locale.ROOT),
                    open.session().token(),
                    open.session().id())));
      }
      case SignIn.Outcome.Wrong wrong ->
          throw new ProblemException(
              401, "wrong-password", "Not signed in", "name or password is wrong", null);
      case SignIn.Outcome.Locked locked ->
          throw new ProblemException(
              429,
              "locked",
              "Too many failures",
              "too many sign-ins failed",
              "wait five minutes, or use the Unix socket as root");
    }
  }

  private void out(Exchange exchange) throws IOException {
    if (exchange.caller() instanceof Caller.SignedIn signedIn) {
      signIn.out(signedIn.session());
    }
    SignIn.clearCookie(exchange);
    exchange.json(200, "{}");
  }
}
