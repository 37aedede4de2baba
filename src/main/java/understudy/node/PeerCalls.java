package understudy.node;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.api.DataAction;
import understudy.api.DataQuestion;
import understudy.api.DataViews;
import understudy.api.Views.HistoryRow;
import understudy.api.Views.Operation;
import understudy.failover.NodeName;
import understudy.linux.AccountNames;
import understudy.store.DrillStore;
import understudy.wire.Frames;
import understudy.wire.Member;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Reach;
import understudy.wire.ReceivedJson;

/** Short questions between the daemons: one JSON frame there, one back. */
final class PeerCalls {
  private static final int LARGEST_BYTES = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Looking at kept content means reading directories. */
  private static final Duration LOOK_PATIENCE = Duration.ofSeconds(20);

  private final PeerConnector connector;
  private final Jsonb json = Jsonb.instance();
  private volatile @Nullable DataDesk data;

  /** Answers what a peer asks. */
  interface Desk {
    Operation actFor(Action action, String by, Optional<String> idempotencyKey);

    /** That node's service outlives its daemon for so long; empty: no more. */
    Operation pinned(NodeName node, Optional<Duration> length);

    Optional<Operation> operation(String id);

    PeerReply.OfDocument document(PeerQuestion.AboutDocument question, String from);

    List<HistoryRow> history(PeerQuestion.AboutHistory question);

    void drilled(DrillStore.Drill drill);

    /** What this machine has now. */
    PeerReply.Having having() throws IOException;
  }

  /** Answers what a peer asks about data. */
  interface DataDesk {
    DataViews.Answer answer(DataQuestion question);

    Operation actFor(DataAction action, String by, Optional<String> idempotencyKey);
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
    return operation(peer, PeerQuestion.ToAct.of(action, by, key));
  }

  /** Tells the peer that this node's service outlives its daemon for so long; empty: no more. */
  Optional<Operation> pinned(Member peer, Optional<Duration> length) throws IOException {
    return operation(
        peer, new PeerQuestion.ToRespectPin(length.map(Duration::toSeconds).orElse(0L)));
  }

  /** How an operation of the peer goes. */
  Optional<Operation> operation(Member peer, String id) throws IOException {
    return operation(peer, new PeerQuestion.AboutOperation(id));
  }

  /** Has the peer do something with its data, once for one {@code key}. */
  Optional<Operation> act(Member peer, DataAction action, String by, Optional<String> key)
      throws IOException {
    return operation(peer, new PeerQuestion.ToActOnData(action, by, key.orElse(null)));
  }

  private Optional<Operation> operation(Member peer, PeerQuestion question) throws IOException {
    Operation there = ask(peer, question, PeerReply.OfOperation.class).operation();
    try {
      return there == null ? Optional.empty() : Optional.of(ReceivedJson.whole(there));
    } catch (IOException half) {
      throw isWish(question) ? new AnswerLost(peer, half) : half;
    }
  }

  /** Asks the peer about its data. */
  DataViews.Answer ask(Member peer, DataQuestion question) throws IOException {
    return ask(peer, new PeerQuestion.AboutData(question), PeerReply.OfData.class).answer();
  }

  /** What the peer says of the cluster document. */
  PeerReply.OfDocument document(Member peer, PeerQuestion.AboutDocument question)
      throws IOException {
    return ask(peer, question, PeerReply.OfDocument.class);
  }

  /** Rows of the peer's history. */
  List<HistoryRow> history(Member peer, PeerQuestion.AboutHistory question) throws IOException {
    List<HistoryRow> rows =
        ReceivedJson.whole(ask(peer, question, PeerReply.OfHistory.class)).rows();
    for (HistoryRow row : rows) {
      ReceivedJson.whole(row);
    }
    return rows;
  }

  /** Lets the peer remember a drill. */
  void tell(Member peer, DrillStore.Drill drill) throws IOException {
    operation(peer, new PeerQuestion.ToNoteDrill(drill));
  }

  /** What the peer's machine has now. */
  PeerReply.Having having(Member peer) throws IOException {
    return ask(peer, new PeerQuestion.WhatYouHave(true), PeerReply.Having.class);
  }

  /** What users and groups are called on the peer's machine. */
  PeerReply.Called called(Member peer, PeerQuestion.WhoIs question) throws IOException {
    return ReceivedJson.whole(ask(peer, question, PeerReply.Called.class));
  }

  /** The peer was reached, and whether it did what it was asked is not known. */
  static final class AnswerLost extends IOException {
    private static final long serialVersionUID = 1L;

    AnswerLost(Member peer, IOException cause) {
      super(
          "its answer was lost, so it may be under way on " + peer.name() + ": " + reason(cause),
          cause);
    }

    private static String reason(IOException cause) {
      return cause.getMessage() == null ? "it hung up" : cause.getMessage();
    }
  }

  private <R extends PeerReply> R ask(Member peer, PeerQuestion question, Class<R> kind)
      throws IOException {
    return switch (connector.connect(peer, Purpose.CALL)) {
      case Reach.Reached(_, PeerConnection connection) -> {
        try (connection) {
          boolean isLook = question instanceof PeerQuestion.AboutData;
          connection.stream().limitReads(isLook ? LOOK_PATIENCE : PATIENCE);
          Frames.write(connection.out(), json.type(PeerQuestion.class).toJsonBytes(question));
          connection.out().flush();
          PeerReply reply =
              ReceivedJson.read(
                  json.type(PeerReply.class), Frames.read(connection.in(), LARGEST_BYTES));
          if (!kind.isInstance(reply)) {
            throw new IOException(peer.name() + " answered another question");
          }
          yield kind.cast(reply);
        } catch (IOException lost) {
          throw isWish(question) ? new AnswerLost(peer, lost) : lost;
        }
      }
      case Reach failed -> throw new IOException(failed.sentence());
    };
  }

  private static boolean isWish(PeerQuestion question) {
    return question instanceof PeerQuestion.ToAct
        || question instanceof PeerQuestion.ToRespectPin
        || question instanceof PeerQuestion.ToActOnData;
  }

  /** Serves one call that a peer opened. */
  void serve(PeerConnection connection, Desk desk) throws IOException {
    connection.stream().limitReads(PATIENCE);
    byte[] asked = Frames.read(connection.in(), LARGEST_BYTES);
    PeerQuestion question = ReceivedJson.read(json.type(PeerQuestion.class), asked);
    Frames.write(connection.out(), fitting(answer(question, connection.peer().name(), desk)));
    connection.out().flush();
  }

  private PeerReply answer(PeerQuestion question, NodeName peer, Desk desk) throws IOException {
    return switch (question) {
      case PeerQuestion.ToAct(Action action, String by, var key) ->
          about(desk.actFor(action, by + " via " + peer, Optional.ofNullable(key)));
      case PeerQuestion.ToRespectPin(long seconds) -> about(desk.pinned(peer, pinned(seconds)));
      case PeerQuestion.AboutOperation(String id) -> about(desk.operation(id).orElse(null));
      case PeerQuestion.AboutDocument wish -> desk.document(wish, peer.value());
      case PeerQuestion.AboutHistory rows -> new PeerReply.OfHistory(desk.history(rows));
      case PeerQuestion.ToNoteDrill(DrillStore.Drill drill) -> {
        desk.drilled(drill);
        yield about(null);
      }
      case PeerQuestion.AboutData(DataQuestion about) ->
          new PeerReply.OfData(dataDesk().answer(about.alone()));
      case PeerQuestion.ToActOnData(DataAction deed, String by, var key) ->
          about(dataDesk().actFor(deed, by + " via " + peer, Optional.ofNullable(key)));
      case PeerQuestion.WhatYouHave _ -> desk.having();
      case PeerQuestion.WhoIs who ->
          OwnerNames.answer(ReceivedJson.whole(who), AccountNames.here());
    };
  }

  private static Optional<Duration> pinned(long seconds) throws IOException {
    if (seconds < 0 || seconds > Pinning.LONGEST_TOLD.toSeconds()) {
      throw new IOException("nothing is pinned for " + seconds + " seconds");
    }
    return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  private DataDesk dataDesk() throws IOException {
    DataDesk desk = data;
    if (desk == null) {
      throw new IOException("asked about data while this daemon still starts");
    }
    return desk;
  }

  private static PeerReply about(@Nullable Operation operation) {
    return new PeerReply.OfOperation(operation);
  }

  /** The reply as a frame; of too long lists about data the first half, and again. */
  private byte[] fitting(PeerReply reply) {
    byte[] frame = json.type(PeerReply.class).toJsonBytes(reply);
    if (frame.length > LARGEST_BYTES && reply instanceof PeerReply.OfData(var told)) {
      return fitting(new PeerReply.OfData(told.firstHalf()));
    }
    return frame;
  }
}
