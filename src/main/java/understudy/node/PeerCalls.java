package understudy.node;

import io.avaje.json.JsonException;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.wire.Frames;
import understudy.wire.Member;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Reach;

/** Short questions between the daemons: one JSON frame there, one back. */
final class PeerCalls {
  private static final int LARGEST_BYTES = 256 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final PeerConnector connector;
  private final Jsonb json = Jsonb.instance();

  /** What is asked: to act, or how an operation goes. */
  @Json
  record Question(@Nullable Action action, @Nullable String by, @Nullable String operation) {}

  /** What is answered; null: no such operation. */
  @Json
  record Reply(@Nullable Operation operation) {}

  /** Answers what a peer asks. */
  interface Desk {
    Operation act(Action action, String by);

    Optional<Operation> operation(String id);
  }

  PeerCalls(PeerConnector connector) {
    this.connector = connector;
  }

  /**
   * Has the peer take the action. Waits at most some seconds; throws when the peer cannot be
   * reached.
   */
  Optional<Operation> act(Member peer, Action action, String by) throws IOException {
    return ask(peer, new Question(action, by, null));
  }

  /** How an operation of the peer goes. */
  Optional<Operation> operation(Member peer, String id) throws IOException {
    return ask(peer, new Question(null, null, id));
  }

  private Optional<Operation> ask(Member peer, Question question) throws IOException {
    return switch (connector.connect(peer, Purpose.CALL)) {
      case Reach.Reached(_, PeerConnection connection) -> {
        try (connection) {
          connection.stream().limitReads(PATIENCE);
          byte[] asked = json.type(Question.class).toJsonBytes(question);
          Frames.write(connection.out(), asked);
          connection.out().flush();
          Reply reply =
              json.type(Reply.class).fromJson(Frames.read(connection.in(), LARGEST_BYTES));
          yield Optional.ofNullable(reply.operation());
        } catch (JsonException malformed) {
          throw new IOException(
              peer.name() + " answered nonsense: " + malformed.getMessage(), malformed);
        }
      }
      case Reach failed -> throw new IOException(failed.sentence());
    };
  }

  /** Serves one call that a peer opened. */
  void serve(PeerConnection connection, Desk desk) throws IOException {
    connection.stream().limitReads(PATIENCE);
    byte[] asked = Frames.read(connection.in(), LARGEST_BYTES);
    Question question;
    try {
      question = json.type(Question.class).fromJson(asked);
    } catch (JsonException malformed) {
      throw new IOException(
          connection.peer().name()
              + " asked nonsense: "
              + new String(asked, StandardCharsets.UTF_8),
          malformed);
    }
    Operation operation = null;
    if (question.action() != null) {
      String by = question.by() == null ? "unknown" : question.by();
      operation = desk.act(question.action(), by + " via " + connection.peer().name());
    } else if (question.operation() != null) {
      operation = desk.operation(question.operation()).orElse(null);
    }
    Frames.write(connection.out(), json.type(Reply.class).toJsonBytes(new Reply(operation)));
    connection.out().flush();
  }
}
