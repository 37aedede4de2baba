package understudy.node;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Views.HistoryRow;
import understudy.failover.NodeName;
import understudy.store.Journal;
import understudy.wire.Member;
import understudy.wire.Members;

/** Reads the histories of all nodes in touch. Blocks for some seconds at most. */
final class Histories {
  private static final Logger LOG = LoggerFactory.getLogger(Histories.class);
  private static final int MOST_ROWS = 500;

  private final NodeName self;
  private final Journal journal;
  private final PeerCalls calls;
  private final Members members;
  private final Documents.Application application;
  private final PeerBook book;

  /**
   * What was read.
   *
   * @param histories of the nodes that could be read, this one's first
   * @param sources their names, and why another could not be read
   */
  record Found(List<History> histories, List<String> sources) {}

  Histories(
      NodeName self,
      Journal journal,
      PeerCalls calls,
      Members members,
      Documents.Application application,
      PeerBook book) {
    this.self = self;
    this.journal = journal;
    this.calls = calls;
    this.members = members;
    this.application = application;
    this.book = book;
  }

  /** What all nodes wrote down around {@code moment}, and each one's last row before that. */
  Found around(Instant moment) {
    Instant from = moment.minus(Past.AROUND);
    Instant to = moment.plus(Past.AROUND);
    var histories = new ArrayList<History>();
    var sources = new ArrayList<String>();
    histories.add(new History(self.value(), own(from, to)));
    sources.add(self.value());
    for (Member peer : members.peers()) {
      try {
        if (!application.isHeard(peer.name())) {
          throw new IOException("it is not heard");
        }
        histories.add(new History(peer.name().value(), rowsOf(peer, from, to)));
        sources.add(peer.name().value());
      } catch (IOException unreachable) {
        sources.add(peer.name() + " could not be read: " + unreachable.getMessage());
      }
    }
    return new Found(histories, sources);
  }

  private List<HistoryRow> rowsOf(Member peer, Instant from, Instant to) throws IOException {
    Duration ahead = ahead(peer);
    return calls
        .history(peer, new PeerQuestion.AboutHistory(null, from.plus(ahead), to.plus(ahead)))
        .stream()
        .filter(row -> row.at().isAfter(Instant.EPOCH) && !row.at().isAfter(to.plus(ahead)))
        .map(row -> shifted(row, ahead))
        .toList();
  }

  private Duration ahead(Member peer) {
    return book.of(peer.name()).map(PeerBook.Entry::clockAhead).orElse(Duration.ZERO);
  }

  /** By this node's clock. */
  private static HistoryRow shifted(HistoryRow row, Duration ahead) {
    return new HistoryRow(
        row.id(),
        row.at().minus(ahead),
        row.node(),
        row.term(),
        row.roleBefore(),
        row.roleAfter(),
        row.rule(),
        row.sentence(),
        row.evidence());
  }

  /** Throws {@link IllegalArgumentException} when that node cannot be asked. */
  Optional<HistoryRow> row(String node, String id) {
    if (!id.matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    if (node.equals(self.value())) {
      return row(Long.parseLong(id));
    }
    try {
      Optional<Member> peer = members.named(new NodeName(node));
      if (peer.isEmpty()) {
        return Optional.empty();
      }
      Duration ahead = ahead(peer.get());
      return calls
          .history(peer.get(), new PeerQuestion.AboutHistory(Long.valueOf(id), null, null))
          .stream()
          .findFirst()
          .map(row -> shifted(row, ahead));
    } catch (IOException unreachable) {
      throw new IllegalArgumentException(
          node + " cannot be asked: " + unreachable.getMessage(), unreachable);
    }
  }

  /** Of this node. */
  Optional<HistoryRow> row(long id) {
    return read(() -> journal.decisions(id + 1, 1)).stream()
        .filter(row -> row.id() == id)
        .findFirst();
  }

  /** Of this node, newest first. */
  List<HistoryRow> recent() {
    return read(() -> journal.decisions(Long.MAX_VALUE, MOST_ROWS));
  }

  /**
   * Of too many the nearest to the middle, on both sides: there is the moment that is asked for.
   */
  private List<HistoryRow> own(Instant from, Instant to) {
    Instant middle = from.plus(Duration.between(from, to).dividedBy(2));
    List<HistoryRow> until = read(() -> journal.until(middle, MOST_ROWS / 2));
    var rows = new ArrayList<HistoryRow>();
    until.stream().filter(row -> row.at().isBefore(from)).findFirst().ifPresent(rows::add);
    until.stream().filter(row -> !row.at().isBefore(from)).forEach(rows::add);
    rows.addAll(read(() -> journal.between(middle, to, MOST_ROWS / 2)));
    return rows;
  }

  /** Answers another node. */
  List<HistoryRow> answer(PeerQuestion.AboutHistory question) {
    Long id = question.row();
    if (id != null) {
      return row(id).stream().toList();
    }
    Instant from = question.from();
    Instant to = question.to();
    return from == null || to == null ? List.of() : own(from, to);
  }

  private interface Query {
    List<Journal.Decision> run() throws SQLException;
  }

  private static List<HistoryRow> read(Query query) {
    try {
      return query.run().stream().map(Bulletin::row).toList();
    } catch (SQLException unreadable) {
      LOG.error("the journal cannot be read: {}", unreadable.getMessage());
      return List.of();
    }
  }
}
