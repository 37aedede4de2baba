package understudy.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * {@code GET /api/v1/events}: server-sent events. The first is the present status; an {@code alive}
 * event comes every two seconds, so that a page knows when what it shows is old.
 */
final class EventStream {
  private static final long ALIVE_EVERY_MILLIS = 2000;
  private static final JsonType<Views.Status> STATUS = Jsonb.instance().type(Views.Status.class);

  private final ServedNode node;
  private final EventHub hub;
  private final Sessions sessions;

  EventStream(ServedNode node, EventHub hub, Sessions sessions) {
    this.node = node;
    this.hub = hub;
    this.sessions = sessions;
  }

  Route route() {
    return new Route("GET", "/api/v1/events", Access.VIEWER, this::stream);
  }

  private void stream(Exchange exchange) throws IOException, ProblemException {
    Optional<EventHub.Listener> place = hub.listen(exchange.header("Last-Event-ID"));
    if (place.isEmpty()) {
      throw new ProblemException(
          503, "too-many-streams", "Busy", "too many event streams are open", "close some");
    }
    try (EventHub.Listener listener = place.get();
        OutputStream out = exchange.stream("text/event-stream")) {
      exchange.set("X-Accel-Buffering", "no");
      write(out, "retry: 2000\nevent: status\ndata: " + STATUS.toJson(node.status()) + "\n\n");
      while (!listener.isOver() && maySee(exchange.caller())) {
        EventHub.Numbered next = listener.waiting.poll(ALIVE_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        write(out, next == null ? ": still here\nevent: alive\ndata: {}\n\n" : format(next));
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean maySee(Caller caller) {
    return !(caller instanceof Caller.SignedIn signedIn)
        || sessions.peek(signedIn.session().id()).isPresent();
  }

  private static String format(EventHub.Numbered numbered) {
    return "id: "
        + numbered.id()
        + "\nevent: "
        + numbered.event().kind()
        + "\ndata: "
        + numbered.event().json().replace("\n", "\ndata: ")
        + "\n\n";
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
