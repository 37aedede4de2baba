package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.sync.plan.TreePath;

class IndexTest {
  private static final TreePath PATH = TreePath.ROOT;
  private static final byte[] TREE = "tree".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  /** SQLite ends the transaction by itself when the disk is full; here it is told to. */
  @Test
  void goesOnAfterSqliteTookBackAChangeByItself() throws Exception {
    Path file = directory.resolve("index");
    try (Index index = Index.open(file)) {
      index.update("ROLLBACK");

      index.rollback();
      index.putIncoming(PATH, TREE);
      index.commit();
    }

    try (Index again = Index.open(file)) {
      assertThat(again.incoming(PATH)).hasValue(TREE);
    }
  }
}
