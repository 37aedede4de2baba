package understudy.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the route of a request, checks who asks, and turns problems into answers. */
final class Router extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final JsonType<Views.Problem> PROBLEM = Jsonb.instance().type(Views.Problem.class);
  private static final int LONGEST_SHOWN_PATH = 100;

  private final List<Route> routes;
  private final Callers callers;
  private final String healthConnector;

  /**
   * A router over these routes.
   *
   * @param healthConnector name of the plain listener: it reaches {@code /health/} only
   */
  Router(List<Route> routes, Callers callers, String healthConnector) {
    this.routes = List.copyOf(routes);
    this.callers = callers;
    this.healthConnector = healthConnector;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    secure(response.getHeaders());
    try {
      try {
        answer(request, response);
      } catch (ProblemException refused) {
        write(request, response, refused);
      } catch (ClosedChannelException gone) {
        throw gone;
      } catch (IOException | RuntimeException failed) {
        if (response.isCommitted()) {
          throw failed;
        }
        LOG.error("{} {} failed", request.getMethod(), shown(request), failed);
        write(request, response, internal());
      }
      callback.succeeded();
    } catch (IOException | RuntimeException gone) {
      LOG.debug("{} {} broke off", request.getMethod(), shown(request), gone);
      callback.failed(gone);
    }
    return true;
  }

  private void answer(Request request, Response response) throws IOException, ProblemException {
    String path = Request.getPathInContext(request);
    boolean isPlain =
        healthConnector.equals(request.getConnectionMetaData().getConnector().getName());
    List<Route> here =
        routes.stream()
            .filter(route -> route.matches(path))
            .filter(route -> !isPlain || route.path().startsWith("/health/"))
            .toList();
    if (here.isEmpty()) {
      throw ProblemException.notFound(shown(request));
    }
    String method = request.getMethod();
    Optional<Route> route =
        here.stream()
            .filter(one -> one.method().equals(method.equals("HEAD") ? "GET" : method))
            .findFirst();
    if (route.isEmpty()) {
      refuseMethod(request, response, here);
      return;
    }
    Caller caller = callers.identify(request);
    Access needed = route.get().access();
    if (!caller.access().includes(needed)) {
      throw caller instanceof Caller.Stranger
          ? ProblemException.notSignedIn()
          : ProblemException.notAllowed(caller, needed);
    }
    callers.checkOrigin(request, caller);
    route.get().answer().to(new Exchange(request, response, caller, route.get().id(path)));
  }

  private static void refuseMethod(Request request, Response response, List<Route> here)
      throws IOException, ProblemException {
    String allowed =
        here.stream()
            .map(route -> route.method().equals("GET") ? "GET, HEAD" : route.method())
            .collect(Collectors.joining(", ", "OPTIONS, ", ""));
    response.getHeaders().put("Allow", allowed);
    if (request.getMethod().equals("OPTIONS")) {
      new Exchange(request, response, new Caller.Stranger(), "").send(200, "text/plain", "");
      return;
    }
    throw new ProblemException(
        405, "wrong-method", "Wrong method", "this path allows " + allowed, null);
  }

  private static void write(Request request, Response response, ProblemException refused)
      throws IOException {
    Views.Problem problem = refused.problem();
    Exchange exchange = new Exchange(request, response, new Caller.Stranger(), "");
    try {
      exchange.discardBody();
    } catch (ProblemException tooSlow) {
      exchange.set("Connection", "close");
    }
    exchange.send(problem.status(), "application/problem+json", PROBLEM.toJson(problem));
  }

  private static ProblemException internal() {
    return new ProblemException(
        500,
        "internal",
        "This is a mistake of ours",
        "the daemon could not answer; its log has the reason",
        "look at the daemon's log");
  }

  private static String shown(Request request) {
    String path = Request.getPathInContext(request);
    return path.length() > LONGEST_SHOWN_PATH ? path.substring(0, LONGEST_SHOWN_PATH) + "…" : path;
  }

  private static void secure(HttpFields.Mutable headers) {
    headers.put(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cache-Control", "no-store");
  }
}
