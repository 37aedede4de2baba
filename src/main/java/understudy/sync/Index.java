package understudy.sync;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.sync.plan.TreePath;

/**
 * One dataset's memory on disk: SQLite with one row per directory, so that a run writes only what
 * changed. A {@link #snapshot} keeps seeing the state it was opened on while the writer goes on.
 * Not for use by two threads at once.
 */
final class Index implements AutoCloseable {
  private static final int SCHEMA = 1;
  private static final String[] TABLES = {
    "CREATE TABLE directory (path BLOB PRIMARY KEY, tree BLOB NOT NULL, keys BLOB NOT NULL)",
    "CREATE TABLE incoming (path BLOB PRIMARY KEY, tree BLOB NOT NULL)",
    "CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE generation (seq INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,"
        + " record BLOB NOT NULL, lost INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE changed (seq INTEGER NOT NULL, path BLOB NOT NULL)",
    "CREATE INDEX changed_by_generation ON changed (seq)",
    "CREATE TABLE undone (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL,"
        + " slot TEXT NOT NULL, path BLOB NOT NULL, kind TEXT NOT NULL, entries INTEGER NOT NULL,"
        + " bytes INTEGER NOT NULL, at INTEGER NOT NULL, generation BLOB, UNIQUE (run, slot))"
  };

  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  private Index(Connection connection) {
    this.connection = connection;
  }

  /** Opens or creates the index; every commit is on the disk when it returns. */
  static Index open(Path file) throws IOException {
    Index index = connect(file);
    try (Statement statement = index.connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA cache_size=-8192");
      statement.execute("PRAGMA journal_size_limit=16777216");
      try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
        int found = version.next() ? version.getInt(1) : 0;
        if (found > SCHEMA) {
          throw new IOException(file + " was written by a newer version of this program");
        }
        index.create(statement, found);
      }
      return index;
    } catch (SQLException failed) {
      index.close();
      throw new IOException("cannot open the sync index " + file, failed);
    }
  }

  private void create(Statement statement, int found) throws SQLException {
    connection.setAutoCommit(false);
    if (found < SCHEMA) {
      for (String table : TABLES) {
        statement.execute(table);
      }
      statement.execute("PRAGMA user_version=" + SCHEMA);
    }
    connection.commit();
  }

  /** A reader that sees what is committed now, until it is closed. */
  static Index snapshot(Path file) throws IOException {
    Index index = connect(file);
    try {
      index.connection.setAutoCommit(false);
      index.fact("head"); // the first read fixes what this transaction sees
      return index;
    } catch (SQLException failed) {
      index.close();
      throw new IOException("cannot read the sync index " + file, failed);
    }
  }

  private static Index connect(Path file) throws IOException {
    try {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA busy_timeout=5000");
      }
      return new Index(connection);
    } catch (SQLException failed) {
      throw new IOException("cannot open the sync index " + file, failed);
    }
  }

  private PreparedStatement prepared(String sql, @Nullable Object... arguments)
      throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int at = 0; at < arguments.length; at++) {
      statement.setObject(at + 1, arguments[at]);
    }
    return statement;
  }

  /** Changes rows; answers how many. */
  int update(String sql, @Nullable Object... arguments) throws IOException {
    try {
      return prepared(sql, arguments).executeUpdate();
    } catch (SQLException failed) {
      throw new IOException("cannot write the sync index: " + failed.getMessage(), failed);
    }
  }

  /** What one row becomes. */
  interface Reading<T> {
    T read(ResultSet row) throws SQLException, IOException;
  }

  /** Reads all rows. */
  <T> List<T> list(String sql, Reading<T> reading, @Nullable Object... arguments)
      throws IOException {
    try (ResultSet rows = prepared(sql, arguments).executeQuery()) {
      List<T> list = new ArrayList<>();
      while (rows.next()) {
        list.add(reading.read(rows));
      }
      return list;
    } catch (SQLException failed) {
      throw new IOException("cannot read the sync index: " + failed.getMessage(), failed);
    }
  }

  <T> Optional<T> first(String sql, Reading<T> reading, @Nullable Object... arguments)
      throws IOException {
    try (ResultSet rows = prepared(sql, arguments).executeQuery()) {
      return rows.next() ? Optional.of(reading.read(rows)) : Optional.empty();
    } catch (SQLException failed) {
      throw new IOException("cannot read the sync index: " + failed.getMessage(), failed);
    }
  }

  Optional<byte[]> fact(String name) throws IOException {
    return first("SELECT value FROM fact WHERE name = ?", row -> row.getBytes(1), name);
  }

  void setFact(String name, byte[] value) throws IOException {
    update("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", name, value);
  }

  void removeFact(String name) throws IOException {
    update("DELETE FROM fact WHERE name = ?", name);
  }

  Optional<IndexedTree> directory(TreePath path) throws IOException {
    return first(
        "SELECT tree, keys FROM directory WHERE path = ?",
        row -> IndexedTree.decode(row.getBytes(1), row.getBytes(2)),
        (Object) path.key());
  }

  /** A directory's encoding alone. */
  Optional<byte[]> encoded(TreePath path) throws IOException {
    return first(
        "SELECT tree FROM directory WHERE path = ?", row -> row.getBytes(1), (Object) path.key());
  }

  void putDirectory(TreePath path, IndexedTree tree) throws IOException {
    update(
        "INSERT OR REPLACE INTO directory (path, tree, keys) VALUES (?, ?, ?)",
        path.key(),
        tree.encoded(),
        tree.encodedKeys());
  }

  /** Forgets a directory and all below it. */
  void removeWithin(TreePath path) throws IOException {
    if (path.isRoot()) {
      update("DELETE FROM directory");
      return;
    }
    byte[] key = path.key();
    update("DELETE FROM directory WHERE path = ?", (Object) key);
    update("DELETE FROM directory WHERE path > ? AND path < ?", ended(key, 0), ended(key, 1));
  }

  private static byte[] ended(byte[] key, int last) {
    byte[] bound = Arrays.copyOf(key, key.length + 1);
    bound[key.length] = (byte) last;
    return bound;
  }

  Optional<byte[]> incoming(TreePath path) throws IOException {
    return first(
        "SELECT tree FROM incoming WHERE path = ?", row -> row.getBytes(1), (Object) path.key());
  }

  void putIncoming(TreePath path, byte[] tree) throws IOException {
    update("INSERT INTO incoming (path, tree) VALUES (?, ?)", path.key(), tree);
  }

  void commit() throws IOException {
    try {
      connection.commit();
    } catch (SQLException failed) {
      throw new IOException("cannot commit to the sync index: " + failed.getMessage(), failed);
    }
  }

  /** Takes back what was not committed; also when SQLite did so by itself, as on a full disk. */
  void rollback() throws IOException {
    try {
      if (!rolledBack()) {
        // The driver believes to be in a transaction: without a new one nothing commits any more.
        try (Statement statement = connection.createStatement()) {
          statement.execute("BEGIN");
        }
      }
    } catch (SQLException failed) {
      throw new IOException(
          "cannot take back a change of the sync index: " + failed.getMessage(), failed);
    }
  }

  private boolean rolledBack() throws SQLException {
    try {
      connection.rollback();
      return true;
    } catch (SQLException failed) {
      if (String.valueOf(failed.getMessage()).contains("no transaction is active")) {
        return false;
      }
      throw failed;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException failed) {
      throw new IOException("cannot close the sync index", failed);
    }
  }
}
