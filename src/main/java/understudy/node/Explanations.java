package understudy.node;

import java.io.IOException;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Views;
import understudy.api.Views.HistoryRow;
import understudy.failover.NodeName;
import understudy.store.Journal;
import understudy.time.Clock;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Answers "why?" for now and for any past moment, from the journals of all nodes in touch. Blocks
 * for some seconds at most.
 */
final class Explanations {
  private static final Logger LOG = LoggerFactory.getLogger(Explanations.class);
  private static final Duration AROUND = Duration.ofMinutes(15);
  private static final int MOST_ROWS = 500;

  private final NodeName self;
  private final Journal journal;
  private final PeerCalls calls;
  private final Members members;
  private final Documents.Application application;
  private final PeerBook book;
  private final Clock clock;

  Explanations(
      NodeName self,
      Journal journal,
      PeerCalls calls,
      Members members,
      Documents.Application application,
      PeerBook book,
      Clock clock) {
    this.self = self;
    this.journal = journal;
    this.calls = calls;
    this.members = members;
    this.application = application;
    this.book = book;
    this.clock = clock;
  }

  /**
   * Explains an event.
   *
   * @param event {@code now}, the id of a row of this node's history, {@code NODE:ID} of another
   *     node's, or a time such as {@code 2026-11-21T10:05:00Z} or {@code 10:05} (UTC)
   * @param status of this node now
   * @return empty when there is no such event
   */
  Optional<Views.Explanation> explain(String event, Views.Status status) {
    if (event.equals("now")) {
      return Optional.of(now(status));
    }
    if (event.matches("[0-9]{1,18}")) {
      return row(Long.parseLong(event)).map(anchor -> explain(event, anchor, List.of()));
    }
    int colon = event.lastIndexOf(':');
    boolean ofNode = colon > 0 && event.substring(0, colon).matches("[a-z][a-z0-9-]*");
    return ofNode
        ? row(event.substring(0, colon), event.substring(colon + 1))
            .map(anchor -> explain(event, anchor, List.of()))
        : at(event);
  }

  private Views.Explanation now(Views.Status status) {
    var answer = new ArrayList<String>();
    answer.add(status.sentence());
    if (status.countdown() != null) {
      answer.add(
          "%s is silent for %.1f s; a takeover would come in %.1f s"
              .formatted(
                  status.countdown().silentNode(),
                  status.countdown().silentSeconds(),
                  status.countdown().takeoverInSeconds()));
    }
    if (status.waitingFor() != null) {
      answer.add("nothing happens yet: " + status.waitingFor());
    }
    List<HistoryRow> own = recent();
    Optional<HistoryRow> anchor =
        own.stream().filter(Explanations::isTurningPoint).findFirst().or(() -> newest(own));
    return anchor
        .map(row -> explain("now", row, answer))
        .orElseGet(() -> new Views.Explanation("now", answer, null, List.of(), List.of()));
  }

  /** After which another node serves, or somebody wondered whether it does. */
  private static boolean isTurningPoint(HistoryRow row) {
    return switch (row.rule()) {
      case "SERVES", "FOLLOWS", "PEER_IS_SILENT", "PEER_IS_BACK", "STOPPED" -> true;
      default -> false;
    };
  }

  private static Optional<HistoryRow> newest(List<HistoryRow> newestFirst) {
    return newestFirst.stream().findFirst();
  }

  private Optional<Views.Explanation> at(String text) {
    Instant moment = moment(text);
    List<HistoryRow> before = own(moment.minus(Duration.ofDays(3650)), moment);
    return before.stream()
        .findFirst()
        .map(
            last -> {
              Duration since = Duration.between(last.at(), moment);
              return explain(
                  text,
                  last,
                  List.of(
                      "the last that "
                          + self
                          + " wrote down was "
                          + Verdict.brief(since)
                          + " before"));
            });
  }

  /** Throws {@link IllegalArgumentException} when it is no moment. */
  private Instant moment(String text) {
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalTime.parse(text)
              .atDate(clock.wall().atZone(ZoneOffset.UTC).toLocalDate())
              .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException noTime) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no event; write now, an id of understudy history, or a time such as"
              + " 10:05 or 2026-11-21T10:05:00Z (UTC)",
          noTime);
    }
  }

  private Views.Explanation explain(String question, HistoryRow anchor, List<String> first) {
    var rows = new ArrayList<HistoryRow>();
    var sources = new ArrayList<String>();
    rows.addAll(own(anchor.at().minus(AROUND), anchor.at().plus(AROUND)));
    sources.add(self.value());
    for (Member peer : members.peers()) {
      try {
        if (!application.isHeard(peer.name())) {
          throw new IOException("it is not heard");
        }
        rows.addAll(rowsOf(peer, anchor.at().minus(AROUND), anchor.at().plus(AROUND)));
        sources.add(peer.name().value());
      } catch (IOException unreachable) {
        sources.add(peer.name() + " could not be read: " + unreachable.getMessage());
      }
    }
    if (!rows.contains(anchor)) {
      rows.add(anchor);
    }
    rows.sort(Comparator.comparing(HistoryRow::at).thenComparingLong(HistoryRow::term));
    Story story = Story.around(rows, anchor);
    var answer = new ArrayList<>(first);
    answer.addAll(story.told());
    return new Views.Explanation(
        question, answer, story.next().orElse(null), story.rows(), sources);
  }

  private List<HistoryRow> rowsOf(Member peer, Instant from, Instant to) throws IOException {
    Duration ahead = book.of(peer.name()).map(PeerBook.Entry::clockAhead).orElse(Duration.ZERO);
    return calls
        .history(peer, new PeerQuestion.AboutHistory(null, from.plus(ahead), to.plus(ahead)))
        .stream()
        .map(row -> shifted(row, ahead))
        .toList();
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

  private Optional<HistoryRow> row(String node, String id) {
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
      Duration ahead =
          book.of(peer.get().name()).map(PeerBook.Entry::clockAhead).orElse(Duration.ZERO);
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

  private Optional<HistoryRow> row(long id) {
    return read(() -> journal.decisions(id + 1, 1)).stream()
        .filter(row -> row.id() == id)
        .findFirst();
  }

  private List<HistoryRow> recent() {
    return read(() -> journal.decisions(Long.MAX_VALUE, MOST_ROWS));
  }

  /** Newest first. */
  private List<HistoryRow> own(Instant from, Instant to) {
    return read(() -> journal.decisions(from, to, MOST_ROWS));
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
