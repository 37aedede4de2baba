package understudy.sync;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of an {@link Index}, how older ones become these, and what a damaged one leaves. */
final class IndexSchema {
  /** Kept in SQLite's {@code user_version}. */
  static final int VERSION = 2;

  private static final Logger LOG = LoggerFactory.getLogger(IndexSchema.class);

  private static final String[] TABLES = {
    "CREATE TABLE directory (path BLOB PRIMARY KEY, tree BLOB NOT NULL, keys BLOB NOT NULL,"
        + " inode INTEGER)",
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

  private static final String[] FROM_SCHEMA_1 = {
    "DELETE FROM directory", "ALTER TABLE directory ADD COLUMN inode INTEGER"
  };

  /** What a patched file's piece in the undo area holds: {@link FilePatch}. */
  private static final String PATCHES =
      "CREATE TABLE IF NOT EXISTS patch (run INTEGER NOT NULL, slot TEXT NOT NULL,"
          + " bytes INTEGER NOT NULL, patch BLOB NOT NULL, PRIMARY KEY (run, slot)) WITHOUT ROWID";

  /** Where a directory went whose row in the undo area says that it moved. */
  private static final String MOVES =
      "CREATE TABLE IF NOT EXISTS moved (run INTEGER NOT NULL, slot TEXT NOT NULL,"
          + " target BLOB NOT NULL, PRIMARY KEY (run, slot)) WITHOUT ROWID";

  private static final String DIRECTORY_BY_INODE =
      "CREATE INDEX IF NOT EXISTS directory_by_inode ON directory (inode)";

  private IndexSchema() {}

  /** Makes what is missing in a file of that version, 0 for an empty one; the caller commits. */
  static void create(Statement statement, int found) throws SQLException {
    if (found < VERSION) {
      for (String step : found == 0 ? TABLES : FROM_SCHEMA_1) {
        statement.execute(step);
      }
      statement.execute(DIRECTORY_BY_INODE);
      statement.execute("PRAGMA user_version=" + VERSION);
    }
    statement.execute(PATCHES);
    statement.execute(MOVES);
  }

  /**
   * Takes over the line of generations, the facts and what is kept, as far as they are readable.
   */
  static void takeOver(Statement statement, Path damaged) throws SQLException {
    String[] steps = {
      "INSERT INTO fact SELECT name, value FROM damaged.fact WHERE name IN ('marker', 'synced')",
      "INSERT INTO generation (seq, id, record, lost)"
          + " SELECT seq, id, record, lost FROM damaged.generation ORDER BY seq",
      "INSERT INTO undone SELECT * FROM damaged.undone",
      "INSERT INTO patch SELECT * FROM damaged.patch",
      "INSERT INTO moved SELECT * FROM damaged.moved"
    };
    statement.execute("ATTACH DATABASE '" + damaged.toString().replace("'", "''") + "' AS damaged");
    for (String step : steps) {
      copied(statement, step);
    }
    statement.execute("DETACH DATABASE damaged");
  }

  private static void copied(Statement statement, String step) {
    try {
      statement.execute(step);
    } catch (SQLException unreadable) {
      LOG.warn("a part of the damaged index cannot be read: {}", unreadable.getMessage());
    }
  }
}
