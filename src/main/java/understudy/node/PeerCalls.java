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
import understudy.api.DataAction;
import understudy.api.DataQuestion;
import understudy.api.DataViews;
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

  /** Looking at kept content means reading directories. */
  private static final Duration LOOK_PATIENCE = Duration.ofSeconds(20);

  private final PeerConnector connector;
  private final Jsonb json = Jsonb.instance();

  /** What is asked: to act, how an operation goes, or about data. */
  @Json
  record Question(
      @Nullable Action action,
      @Nullable String by,
      @Nullable String operation,
      @Nullable DataQuestion data,
      @Nullable DataAction deed) {}

  /** What is answered; null: no such operation. */
  @Json
  record Reply(@Nullable Operation operation, DataViews.@Nullable Answer data) {}

  /** Answers what a peer asks. */
  interface Desk {
    Operation act(Action action, String by);

    Optional<Operation> operation(String id);
  }

  /** Answers what a peer asks about data. */
  interface DataDesk {
    DataViews.Answer answer(DataQuestion question);

    Operation act(DataAction action, String by);
  }

  private volatile @Nullable DataDesk data;

  /** From now on questions about data are answered. */
  void answering(DataDesk desk) {
    data = desk;
  }

  PeerCalls(PeerConnector connector) {
    this.connector = connector;
  }

  /**
   * Has the peer take the action. Waits at most some seconds; throws when the peer cannot be
   * reached.
   */
  Optional<Operation> act(Member peer, Action action, String by) throws IOException {
    return ask(peer, new Question(action, by, null, null, null));
  }

  /** Has the peer do something with its data. */
  Optional<Operation> act(Member peer, DataAction action, String by) throws IOException {
    return ask(peer, new Question(null, by, null, null, action));
  }

  /** Asks the peer about its data; empty when it does not know what that is. */
  Optional<DataViews.Answer> ask(Member peer, DataQuestion question) throws IOException {
    return Optional.ofNullable(reply(peer, new Question(null, null, null, question, null)).data());
  }

  /** How an operation of the peer goes. */
  Optional<Operation> operation(Member peer, String id) throws IOException {
    return ask(peer, new Question(null, null, id, null, null));
  }

  private Optional<Operation> ask(Member peer, Question question) throws IOException {
    return Optional.ofNullable(reply(peer, question).operation());
  }

  private Reply reply(Member peer, Question question) throws IOException {
    return switch (connector.connect(peer, Purpose.CALL)) {
      case Reach.Reached(_, PeerConnection connection) -> {
        try (connection) {
          connection.stream().limitReads(question.data() == null ? PATIENCE : LOOK_PATIENCE);
          byte[] asked = json.type(Question.class).toJsonBytes(question);
          Frames.write(connection.out(), asked);
          connection.out().flush();
          Reply reply =
              json.type(Reply.class).fromJson(Frames.read(connection.in(), LARGEST_BYTES));
          yield reply;
        } catch (JsonException malformed) {
          throw new IOException(
              peer.name() + " answered nonsense: " + malformed.getMessage(), malformed);
        }
      }
      case Reach failed -> throw new IOException(failed.sentence());
    };
  }

  /** The reply as a frame; of too long lists the first half, and again. */
  private byte[] fitting(@Nullable Operation operation, DataViews.@Nullable Answer answer) {
    DataViews.Answer told = answer;
    byte[] frame = json.type(Reply.class).toJsonBytes(new Reply(operation, told));
    while (frame.length > LARGEST_BYTES && told != null) {
      told = told.firstHalf();
      frame = json.type(Reply.class).toJsonBytes(new Reply(operation, told));
    }
    return frame;
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
    DataViews.Answer answer = null;
    DataDesk desks = data;
    if (question.action() != null) {
      String by = question.by() == null ? "unknown" : question.by();
      operation = desk.act(question.action(), by + " via " + connection.peer().name());
    } else if (question.operation() != null) {
      operation = desk.operation(question.operation()).orElse(null);
    } else if (question.data() != null && desks != null) {
      answer = desks.answer(question.data().alone());
    } else if (question.deed() != null && desks != null) {
      String by = question.by() == null ? "unknown" : question.by();
      operation = desks.act(question.deed(), by + " via " + connection.peer().name());
    }
    Frames.write(connection.out(), fitting(operation, answer));
    connection.out().flush();
  }
}
