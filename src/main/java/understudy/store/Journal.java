package understudy.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of decisions and of sync runs, in SQLite. Rows are written by one thread of its own,
 * so that the deciding loop never waits for the disk; reading is safe from any thread. Keeps the
 * newest {@value #KEPT_ROWS} rows of each kind.
 */
public final class Journal implements AutoCloseable {
  static final int KEPT_ROWS = 100_000;
  private static final int WAITING_ROWS = 10_000;
  private static final int TRIM_EVERY = 1_000;
  private static final String SEPARATOR = "\u001f";
  private static final String DECISIONS =
      "SELECT id,at,node,term,role_before,role_after,rule,sentence,evidence FROM decision";
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  private final Connection connection;
  private final BlockingQueue<Row> waiting = new ArrayBlockingQueue<>(WAITING_ROWS);
  private final Thread writer;
  private volatile boolean closing;

  /** Something worth remembering. */
  public sealed interface Row {}

  /** One decision, or one non-decision with its reasons. */
  public record Decision(
      long id,
      Instant at,
      String node,
      long term,
      String roleBefore,
      String roleAfter,
      String rule,
      String sentence,
      List<String> evidence)
      implements Row {}

  /** One sync run that has ended. */
  public record Run(
      String id,
      String dataset,
      Instant start,
      Instant end,
      String result,
      long files,
      long bytes,
      long wireBytes,
      List<String> problems,
      String generation)
      implements Row {}

  /** Opens or creates {@code history.db}; throws when it cannot be read. */
  public Journal(Path stateDirectory) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + stateDirectory.resolve("history.db"));
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=NORMAL");
      statement.execute("PRAGMA busy_timeout=5000");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS decision (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT, node"
              + " TEXT, term INTEGER, role_before TEXT, role_after TEXT, rule TEXT, sentence TEXT,"
              + " evidence TEXT)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS run (id TEXT PRIMARY KEY, dataset TEXT, start TEXT, end TEXT,"
              + " result TEXT, files INTEGER, bytes INTEGER, wire_bytes INTEGER, problems TEXT,"
              + " generation TEXT)");
    }
    writer = Thread.ofPlatform().name("journal").daemon().start(this::write);
  }

  /** Hands a row over. Never blocks: when the disk cannot keep up the row is logged instead. */
  public void append(Row row) {
    if (!waiting.offer(row)) {
      LOG.error("the journal cannot keep up, this row is only here: {}", row);
    }
  }

  private void write() {
    int written = 0;
    while (!closing || !waiting.isEmpty()) {
      try {
        Row row = waiting.poll(200, TimeUnit.MILLISECONDS);
        if (row != null) {
          insert(row);
          if (++written % TRIM_EVERY == 0) {
            trim();
          }
        }
      } catch (SQLException full) {
        LOG.error(
            "the journal could not be written: {}; free space in the state directory",
            full.getMessage());
      } catch (InterruptedException stopping) {
        closing = true;
      }
    }
  }

  private synchronized void insert(Row row) throws SQLException {
    switch (row) {
      case Decision d -> {
        try (var insert =
            connection.prepareStatement(
                "INSERT INTO decision(at,node,term,role_before,role_after,rule,sentence,evidence)"
                    + " VALUES(?,?,?,?,?,?,?,?)")) {
          insert.setString(1, d.at().toString());
          insert.setString(2, d.node());
          insert.setLong(3, d.term());
          insert.setString(4, d.roleBefore());
          insert.setString(5, d.roleAfter());
          insert.setString(6, d.rule());
          insert.setString(7, d.sentence());
          insert.setString(8, String.join(SEPARATOR, d.evidence()));
          insert.executeUpdate();
        }
      }
      case Run r -> {
        try (var insert =
            connection.prepareStatement("INSERT OR REPLACE INTO run VALUES(?,?,?,?,?,?,?,?,?,?)")) {
          insert.setString(1, r.id());
          insert.setString(2, r.dataset());
          insert.setString(3, r.start().toString());
          insert.setString(4, r.end().toString());
          insert.setString(5, r.result());
          insert.setLong(6, r.files());
          insert.setLong(7, r.bytes());
          insert.setLong(8, r.wireBytes());
          insert.setString(9, String.join(SEPARATOR, r.problems()));
          insert.setString(10, r.generation());
          insert.executeUpdate();
        }
      }
    }
  }

  private synchronized void trim() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "DELETE FROM decision WHERE id <= (SELECT max(id) FROM decision) - " + KEPT_ROWS);
      statement.execute(
          "DELETE FROM run WHERE rowid <= (SELECT max(rowid) FROM run) - " + KEPT_ROWS);
    }
  }

  /** Newest first, ids below {@code before}. */
  public synchronized List<Decision> decisions(long before, int limit) throws SQLException {
    try (var query = connection.prepareStatement(DECISIONS + " WHERE id < ? ORDER BY id DESC")) {
      query.setLong(1, before);
      return decisions(query, _ -> true, limit);
    }
  }

  /** Newest first, written until {@code moment} by this node's wall clock. */
  public synchronized List<Decision> until(Instant moment, int limit) throws SQLException {
    try (var query = connection.prepareStatement(DECISIONS + " WHERE at <= ? ORDER BY id DESC")) {
      // As text, moments within one second do not sort: what is too much falls out afterwards.
      query.setString(1, moment.plusSeconds(1).toString());
      return decisions(query, at -> !at.isAfter(moment), limit);
    }
  }

  /** Oldest first, written after {@code moment} and until {@code end} by this node's wall clock. */
  public synchronized List<Decision> between(Instant moment, Instant end, int limit)
      throws SQLException {
    try (var query =
        connection.prepareStatement(DECISIONS + " WHERE at >= ? AND at <= ? ORDER BY id")) {
      query.setString(1, moment.minusSeconds(1).toString());
      query.setString(2, end.plusSeconds(1).toString());
      return decisions(query, at -> at.isAfter(moment) && !at.isAfter(end), limit);
    }
  }

  /** Takes one row after the other and stops at the limit: the table is never held as a whole. */
  private static List<Decision> decisions(
      PreparedStatement query, Predicate<Instant> isMeant, int limit) throws SQLException {
    var rows = new ArrayList<Decision>();
    try (var result = query.executeQuery()) {
      while (rows.size() < limit && result.next()) {
        Instant at = Instant.parse(result.getString(2));
        if (isMeant.test(at)) {
          rows.add(
              new Decision(
                  result.getLong(1),
                  at,
                  result.getString(3),
                  result.getLong(4),
                  result.getString(5),
                  result.getString(6),
                  result.getString(7),
                  result.getString(8),
                  split(result.getString(9))));
        }
      }
    }
    return rows;
  }

  /** Newest first. */
  public synchronized List<Run> runs(int limit) throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT id,dataset,start,end,result,files,bytes,wire_bytes,problems,generation FROM run"
                + " ORDER BY rowid DESC LIMIT ?")) {
      query.setInt(1, limit);
      var rows = new ArrayList<Run>();
      try (var result = query.executeQuery()) {
        while (result.next()) {
          rows.add(
              new Run(
                  result.getString(1),
                  result.getString(2),
                  Instant.parse(result.getString(3)),
                  Instant.parse(result.getString(4)),
                  result.getString(5),
                  result.getLong(6),
                  result.getLong(7),
                  result.getLong(8),
                  split(result.getString(9)),
                  result.getString(10)));
        }
      }
      return rows;
    }
  }

  private static List<String> split(String joined) {
    return joined.isEmpty() ? List.of() : List.of(joined.split(SEPARATOR, -1));
  }

  /** Writes what waits, at most for five seconds, and closes the file. */
  @Override
  public void close() throws SQLException {
    closing = true;
    try {
      writer.join(5_000);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      connection.close();
    }
  }
}
