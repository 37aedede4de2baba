package understudy.api;

import java.util.Optional;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.server.Request;

/** Tells who sent a request: by the listener it came in on, and by its cookie or bearer token. */
final class Callers {
  static final String COOKIE = "__Host-understudy";
  private static final String BEARER = "Bearer ";
  static final String TOKEN_HEADER = "X-Understudy-Token";

  private final Sessions sessions;
  private final String localConnector;

  /**
   * Identifies with these sessions.
   *
   * @param localConnector name of the Unix socket's connector
   */
  Callers(Sessions sessions, String localConnector) {
    this.sessions = sessions;
    this.localConnector = localConnector;
  }

  Caller identify(Request request) {
    if (localConnector.equals(request.getConnectionMetaData().getConnector().getName())) {
      return new Caller.Local();
    }
    String authorization = request.getHeaders().get("Authorization");
    boolean byCookie = authorization == null || !authorization.startsWith(BEARER);
    Optional<String> id =
        byCookie ? cookie(request) : Optional.of(authorization.substring(BEARER.length()).strip());
    return id.flatMap(sessions::use)
        .<Caller>map(session -> new Caller.SignedIn(session, byCookie))
        .orElseGet(Caller.Stranger::new);
  }

  /**
   * Refuses changes that a page of another site made the browser send. Forms are checked once more
   * by their token field, other calls by the token header.
   */
  void checkOrigin(Request request, Caller caller) throws ProblemException {
    String method = request.getMethod();
    if (method.equals("GET") || method.equals("HEAD") || caller instanceof Caller.Local) {
      return;
    }
    String origin = request.getHeaders().get("Origin");
    String host = request.getHeaders().get("Host");
    if (origin != null && !origin.equals("https://" + host)) {
      throw otherSite();
    }
    boolean isApi = Request.getPathInContext(request).startsWith("/api/");
    if (isApi && caller instanceof Caller.SignedIn signedIn && signedIn.byCookie()) {
      String token = request.getHeaders().get(TOKEN_HEADER);
      if (token == null || !signedIn.session().admits(token)) {
        throw new ProblemException(
            403,
            "token-missing",
            "Token missing",
            "a change needs the session's token in the header " + TOKEN_HEADER,
            "the answer of /api/v1/sign-in has it");
      }
    }
  }

  static ProblemException otherSite() {
    return new ProblemException(
        403, "other-site", "Refused", "the request comes from another site", null);
  }

  private static Optional<String> cookie(Request request) {
    return Request.getCookies(request).stream()
        .filter(cookie -> cookie.getName().equals(COOKIE))
        .map(HttpCookie::getValue)
        .findFirst();
  }
}
