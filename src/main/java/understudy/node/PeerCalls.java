package understudy.node;

import io.avaje.json.JsonException;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.api.DataAction;
import understudy.api.DataQuestion;
import understudy.api.DataViews;
import understudy.api.Views.HistoryRow;
import understudy.api.Views.Operation;
import understudy.store.DocumentStore;
import understudy.store.DrillStore;
import understudy.wire.Frames;
import understudy.wire.Member;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Reach;

/** Short questions between the daemons: one JSON frame there, one back. */
final class PeerCalls {
  private static final int LARGEST_BYTES = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Looking at kept content means reading directories. */
  private static final Duration LOOK_PATIENCE = Duration.ofSeconds(20);

  private final PeerConnector connector;
  private final Jsonb json = Jsonb.instance();
  private volatile @Nullable DataDesk data;

  /** What is asked: to act, how an operation goes, about the cluster document, or about data. */
  @Json
  record Question(
      @Nullable Action action,
      @Nullable String by,
      @Nullable String operation,
      @Nullable DocumentQuestion document,
      @Nullable HistoryQuestion history,
      @Nullable String key,
      DrillStore.@Nullable Drill drill,
      @Nullable DataQuestion data,
      @Nullable DataAction deed,
      @Nullable Boolean addresses) {

    static Question toAct(Action action, String by, Optional<String> key) {
      return new Question(action, by, null, null, null, key.orElse(null), null, null, null, null);
    }

    static Question operation(String id) {
      return new Question(null, null, id, null, null, null, null, null, null, null);
    }

    static Question document(DocumentQuestion question) {
      return new Question(null, null, null, question, null, null, null, null, null, null);
    }

    static Question history(HistoryQuestion question) {
      return new Question(null, null, null, null, question, null, null, null, null, null);
    }

    static Question drilled(DrillStore.Drill drill) {
      return new Question(null, null, null, null, null, null, drill, null, null, null);
    }

    static Question data(DataQuestion question) {
      return new Question(null, null, null, null, null, null, null, question, null, null);
    }

    static Question deed(DataAction action, String by) {
      return new Question(null, by, null, null, null, null, null, null, action, null);
    }

    static Question whichAddresses() {
      return new Question(null, null, null, null, null, null, null, null, null, true);
    }
  }

  /** What is answered; null: no such operation. */
  @Json
  record Reply(
      @Nullable Operation operation,
      @Nullable DocumentAnswer document,
      @Nullable List<HistoryRow> history,
      DataViews.@Nullable Answer data,
      @Nullable List<String> addresses) {
    static Reply about(@Nullable Operation operation) {
      return new Reply(operation, null, null, null, null);
    }

    static Reply ofData(DataViews.Answer data) {
      return new Reply(null, null, null, data, null);
    }
  }

  /** About the peer's history: one row by its id, or all of a time by the peer's wall clock. */
  @Json
  record HistoryQuestion(@Nullable Long id, @Nullable Instant from, @Nullable Instant to) {}

  /**
   * About the cluster document.
   *
   * @param wish what the peer shall do
   * @param text the document to check or take
   * @param revision of that document
   */
  @Json
  record DocumentQuestion(
      Wish wish, @Nullable String text, DocumentStore.@Nullable Revision revision) {

    /** What may be asked. */
    enum Wish {
      /** Say which revision you have. */
      REVISION,
      /** Send yours. */
      SEND,
      /** Would this one hold on your machine? */
      CHECK,
      /** Take this one. */
      TAKE
    }
  }

  /**
   * The peer's document.
   *
   * @param text only when it was asked for
   * @param trouble why the document that was handed over does not hold there
   */
  @Json
  record DocumentAnswer(
      DocumentStore.Revision revision, @Nullable String text, @Nullable String trouble) {}

  /** Answers what a peer asks. */
  interface Desk {
    Operation actFor(Action action, String by, Optional<String> idempotencyKey);

    Optional<Operation> operation(String id);

    DocumentAnswer document(DocumentQuestion question, String from);

    List<HistoryRow> history(HistoryQuestion question);

    void drilled(DrillStore.Drill drill);

    /** The shared addresses that this machine has now. */
    List<String> addresses();
  }

  /** Answers what a peer asks about data. */
  interface DataDesk {
    DataViews.Answer answer(DataQuestion question);

    Operation act(DataAction action, String by);
  }

  /** From now on questions about data are answered. */
  void answering(DataDesk desk) {
    data = desk;
  }

  PeerCalls(PeerConnector connector) {
    this.connector = connector;
  }

  /**
   * Has the peer take the action; the same {@code key} again is answered with the first operation.
   * Waits at most some seconds; throws when the peer cannot be reached.
   */
  Optional<Operation> act(Member peer, Action action, String by, Optional<String> key)
      throws IOException {
    return Optional.ofNullable(ask(peer, Question.toAct(action, by, key)).operation());
  }

  /** How an operation of the peer goes. */
  Optional<Operation> operation(Member peer, String id) throws IOException {
    return Optional.ofNullable(ask(peer, Question.operation(id)).operation());
  }

  /** Has the peer do something with its data. */
  Optional<Operation> act(Member peer, DataAction action, String by) throws IOException {
    return Optional.ofNullable(ask(peer, Question.deed(action, by)).operation());
  }

  /** Asks the peer about its data; empty when it does not know what that is. */
  Optional<DataViews.Answer> ask(Member peer, DataQuestion question) throws IOException {
    return Optional.ofNullable(ask(peer, Question.data(question)).data());
  }

  /** What the peer says of the cluster document. */
  DocumentAnswer document(Member peer, DocumentQuestion question) throws IOException {
    DocumentAnswer answer = ask(peer, Question.document(question)).document();
    if (answer == null) {
      throw new IOException(peer.name() + " does not speak about the cluster document");
    }
    return answer;
  }

  /** Rows of the peer's history. */
  List<HistoryRow> history(Member peer, HistoryQuestion question) throws IOException {
    List<HistoryRow> rows = ask(peer, Question.history(question)).history();
    return rows == null ? List.of() : rows;
  }

  /** Lets the peer remember a drill. */
  void tell(Member peer, DrillStore.Drill drill) throws IOException {
    ask(peer, Question.drilled(drill));
  }

  /** The shared addresses that the peer has now. */
  List<String> addresses(Member peer) throws IOException {
    List<String> addresses = ask(peer, Question.whichAddresses()).addresses();
    if (addresses == null) {
      throw new IOException(peer.name() + " does not say which addresses it has");
    }
    return addresses;
  }

  private Reply ask(Member peer, Question question) throws IOException {
    return switch (connector.connect(peer, Purpose.CALL)) {
      case Reach.Reached(_, PeerConnection connection) -> {
        try (connection) {
          connection.stream().limitReads(question.data() == null ? PATIENCE : LOOK_PATIENCE);
          byte[] asked = json.type(Question.class).toJsonBytes(question);
          Frames.write(connection.out(), asked);
          connection.out().flush();
          yield json.type(Reply.class).fromJson(Frames.read(connection.in(), LARGEST_BYTES));
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
    DataDesk desks = data;
    String peer = connection.peer().name().value();
    Reply reply =
        desks != null && (question.data() != null || question.deed() != null)
            ? aboutData(question, peer, desks)
            : answer(question, peer, desk);
    Frames.write(connection.out(), fitting(reply));
    connection.out().flush();
  }

  private static Reply aboutData(Question question, String peer, DataDesk desk) {
    String by = question.by() == null ? "unknown" : question.by();
    return question.data() == null
        ? Reply.about(desk.act(Objects.requireNonNull(question.deed()), by + " via " + peer))
        : Reply.ofData(desk.answer(question.data().alone()));
  }

  /** The reply as a frame; of too long lists about data the first half, and again. */
  private byte[] fitting(Reply reply) {
    DataViews.Answer told = reply.data();
    byte[] frame = json.type(Reply.class).toJsonBytes(reply);
    while (frame.length > LARGEST_BYTES && told != null) {
      told = told.firstHalf();
      frame = json.type(Reply.class).toJsonBytes(Reply.ofData(told));
    }
    return frame;
  }

  private static Reply answer(Question question, String peer, Desk desk) {
    if (question.action() != null) {
      String by = question.by() == null ? "unknown" : question.by();
      return Reply.about(
          desk.actFor(question.action(), by + " via " + peer, Optional.ofNullable(question.key())));
    }
    if (question.document() != null) {
      return new Reply(null, desk.document(question.document(), peer), null, null, null);
    }
    if (question.history() != null) {
      return new Reply(null, null, desk.history(question.history()), null, null);
    }
    if (question.drill() != null) {
      desk.drilled(question.drill());
      return Reply.about(null);
    }
    if (Boolean.TRUE.equals(question.addresses())) {
      return new Reply(null, null, null, null, desk.addresses());
    }
    String id = question.operation();
    return Reply.about(id == null ? null : desk.operation(id).orElse(null));
  }
}
