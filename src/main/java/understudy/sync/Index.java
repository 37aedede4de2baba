package understudy.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreePath;

/**
 * One dataset's memory on disk: SQLite with one row per directory, so that a run writes only what
 * changed. A {@link #snapshot} keeps seeing the state it was opened on while the writer goes on.
 * Not for use by two threads at once.
 */
final class Index implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Index.class);

  /** SQLite's answers for a file whose pages make no sense, and for one that is no database. */
  private static final int CORRUPT = 11;

  private static final int NO_DATABASE = 26;
  private final Path file;
  private final Effects effects;
  private Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  private Index(Path file, Connection connection, Effects effects) {
    this.file = file;
    this.effects = effects;
    this.connection = connection;
  }

  /**
   * Opens or creates the index; every commit is on the disk when it returns. One that is damaged is
   * put aside and built anew.
   */
  static Index open(Path file) throws IOException {
    return open(file, Effects.NONE);
  }

  /** As {@link #open(Path)}; {@code effects} hears of each commit. */
  static Index open(Path file, Effects effects) throws IOException {
    Index index = connect(file, effects);
    try {
      index.prepare();
      return index;
    } catch (IndexDamaged damaged) {
      try {
        index.startOver(damaged);
        return index;
      } catch (IOException stuck) {
        index.close();
        stuck.addSuppressed(damaged);
        throw stuck;
      }
    } catch (IOException failed) {
      index.close();
      throw failed;
    }
  }

  private void prepare() throws IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA cache_size=-8192");
      statement.execute("PRAGMA journal_size_limit=16777216");
      try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
        int found = version.next() ? version.getInt(1) : 0;
        if (found > IndexSchema.VERSION) {
          throw new IOException(file + " was written by a newer version of this program");
        }
        connection.setAutoCommit(false);
        IndexSchema.create(statement, found);
        connection.commit();
      }
    } catch (SQLException failed) {
      throw trouble("cannot open the sync index " + file, failed);
    }
  }

  private static IOException trouble(String tried, SQLException failed) {
    int code = failed.getErrorCode() & 0xff;
    return code == CORRUPT || code == NO_DATABASE
        ? new IndexDamaged(String.valueOf(failed.getMessage()), failed)
        : new IOException(tried + ": " + failed.getMessage(), failed);
  }

  /**
   * Puts the damaged file aside and begins anew. The line of generations and the facts are taken
   * over where they can still be read, so that the others keep recognising this node; the trees are
   * had again by a scan.
   */
  final void startOver(IndexDamaged reason) throws IOException {
    LOG.error(
        "{}; it is built again from the tree, the old file is {}.damaged",
        reason.getMessage(),
        file);
    close();
    statements.clear();
    Path aside = file.resolveSibling(file.getFileName() + ".damaged");
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-wal"));
    Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-shm"));
    connection = connect(file, effects).connection;
    prepare();
    takeOver(aside);
    commit();
  }

  private void takeOver(Path aside) throws IOException {
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(true);
      IndexSchema.takeOver(statement, aside);
      connection.setAutoCommit(false);
    } catch (SQLException failed) {
      LOG.warn("nothing of the damaged index can be read: {}", failed.getMessage());
      try {
        connection.setAutoCommit(false);
      } catch (SQLException broken) {
        throw trouble("cannot begin the new sync index " + file, broken);
      }
    }
  }

  /** A reader that sees what is committed now, until it is closed. */
  static Index snapshot(Path file) throws IOException {
    Index index = connect(file, Effects.NONE);
    try {
      index.connection.setAutoCommit(false);
      index.fact("head"); // the first read fixes what this transaction sees
      return index;
    } catch (SQLException failed) {
      index.close();
      throw trouble("cannot read the sync index " + file, failed);
    }
  }

  private static Index connect(Path file, Effects effects) throws IOException {
    try {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA busy_timeout=5000");
      }
      return new Index(file, connection, effects);
    } catch (SQLException failed) {
      throw trouble("cannot open the sync index " + file, failed);
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
      throw trouble("cannot write the sync index", failed);
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
      throw trouble("cannot read the sync index", failed);
    }
  }

  <T> Optional<T> first(String sql, Reading<T> reading, @Nullable Object... arguments)
      throws IOException {
    try (ResultSet rows = prepared(sql, arguments).executeQuery()) {
      return rows.next() ? Optional.of(reading.read(rows)) : Optional.empty();
    } catch (SQLException failed) {
      throw trouble("cannot read the sync index", failed);
    }
  }

  Optional<byte[]> fact(String name) throws IOException {
    return first("SELECT value FROM fact WHERE name = ?", row -> row.getBytes(1), name);
  }

  /** Writes nothing, and so leaves the disk alone, when that is what is there. */
  void setFact(String name, byte[] value) throws IOException {
    Optional<byte[]> before = fact(name);
    if (before.isPresent() && Arrays.equals(before.get(), value)) {
      return;
    }
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

  /** A directory as it is stored. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(byte[] tree, byte[] keys) {
    /** The tree's encoding, if it is as it was written. */
    byte[] checkedTree() throws IndexDamaged {
      try {
        IndexedTree.check(tree, keys);
        return tree;
      } catch (MalformedException damaged) {
        throw new IndexDamaged(String.valueOf(damaged.getMessage()), damaged);
      }
    }
  }

  Optional<Row> row(TreePath path) throws IOException {
    return first(
        "SELECT tree, keys FROM directory WHERE path = ?",
        row -> new Row(row.getBytes(1), row.getBytes(2)),
        (Object) path.key());
  }

  /** Where the directory with that inode was when it was last looked at. */
  Optional<TreePath> pathOf(long inode) throws IOException {
    return first(
        "SELECT path FROM directory WHERE inode = ?",
        row -> TreePath.ofKey(row.getBytes(1)),
        inode);
  }

  /** Keeps a directory; by its inode it is found again when it was moved. */
  void putDirectory(TreePath path, IndexedTree tree, long inode) throws IOException {
    update(
        "INSERT OR REPLACE INTO directory (path, tree, keys, inode) VALUES (?, ?, ?, ?)",
        path.key(),
        tree.encoded(),
        tree.encodedKeys(),
        inode);
  }

  /** Forgets all trees: the next scan reads everything. */
  void removeTrees() throws IOException {
    update("DELETE FROM directory");
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

  /** As {@link #removeWithin}, but for those that were put anew. */
  void removeWithin(TreePath path, Set<TreePath> except) throws IOException {
    if (except.stream().noneMatch(one -> one.isWithin(path))) {
      removeWithin(path);
      return;
    }
    for (TreePath each : directoriesWithin(path)) {
      if (!except.contains(each)) {
        update("DELETE FROM directory WHERE path = ?", (Object) each.key());
      }
    }
  }

  private List<TreePath> directoriesWithin(TreePath path) throws IOException {
    byte[] key = path.key();
    return list(
        "SELECT path FROM directory WHERE path = ? OR (path > ? AND path < ?)",
        row -> TreePath.ofKey(row.getBytes(1)),
        key,
        ended(key, 0),
        ended(key, 1));
  }

  /** What is known of a directory and all below it is known of another place from now on. */
  void moveWithin(TreePath from, TreePath to) throws IOException {
    for (TreePath each : directoriesWithin(from)) {
      update(
          "UPDATE directory SET path = ? WHERE path = ?", each.moved(from, to).key(), each.key());
    }
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
    effects.before("commit index");
    try {
      connection.commit();
    } catch (SQLException failed) {
      throw trouble("cannot commit to the sync index", failed);
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
