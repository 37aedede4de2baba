package understudy.sync;

import java.util.Optional;
import java.util.concurrent.Future;
import understudy.sync.plan.Entry;
import understudy.sync.plan.TreePath;

/** What is known of an entry: all of it, or all once a reading has ended. */
sealed interface Look {
  record Seen(Entry entry, LocalKey key) implements Look {}

  record Reading(Future<FileReading.Outcome> outcome, Optional<TreePath> linkedTo)
      implements Look {}

  record Gone() implements Look {}
}
