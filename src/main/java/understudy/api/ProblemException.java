package understudy.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Ends a request with {@code application/problem+json}. Carries no stack: it is an answer. */
final class ProblemException extends Exception {
  private final transient Views.Problem problem;

  ProblemException(int status, String code, String title, String detail, @Nullable String fix) {
    super(detail, null, false, false);
    this.problem =
        new Views.Problem("urn:understudy:problem:" + code, title, status, code, detail, fix);
  }

  Views.Problem problem() {
    return problem;
  }

  /** What did not work because of a peer may work in a moment. */
  static int statusOfFailed(Views.Operation operation) {
    return "peer-unreachable".equals(operation.code()) ? 503 : 500;
  }

  static ProblemException notFound(String path) {
    return new ProblemException(
        404,
        "not-found",
        "Nothing is here",
        "there is no " + path,
        "see /api/v1/openapi.yaml for what there is");
  }

  static ProblemException badRequest(String detail, @Nullable String fix) {
    return new ProblemException(400, "bad-request", "The request is not understood", detail, fix);
  }

  static ProblemException notSignedIn() {
    return new ProblemException(
        401,
        "not-signed-in",
        "Sign in first",
        "this call needs a session",
        "POST name and password to /api/v1/sign-in, or use the Unix socket as root");
  }

  static ProblemException notAllowed(Caller caller, Access needed) {
    return new ProblemException(
        403,
        "not-allowed",
        "Not allowed",
        caller.name() + " is not " + needed.name().toLowerCase(Locale.ROOT),
        "ask an administrator of this cluster");
  }
}
