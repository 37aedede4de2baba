package understudy.node;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Input;
import understudy.store.Journal;
import understudy.sync.SyncResult;
import understudy.time.Moment;

/**
 * Tells loop, journal and listeners of sync runs; one row for a run that did something, one for
 * each kind of failure.
 */
final class SyncNews implements SyncDriver.News {
  private static final Logger LOG = LoggerFactory.getLogger("understudy");

  private final Inbox inbox;
  private final Journal journal;
  private final Bulletin bulletin;
  private final Map<String, String> failing = new HashMap<>();

  SyncNews(Inbox inbox, Journal journal, Bulletin bulletin) {
    this.inbox = inbox;
    this.journal = journal;
    this.bulletin = bulletin;
  }

  @Override
  public void post(Function<Moment, Input> input) {
    inbox.post(input);
  }

  @Override
  public synchronized void ended(SyncResult result) {
    String dataset = result.run().dataset();
    boolean worthARow =
        switch (result) {
          case SyncResult.Unchanged _ -> failing.remove(dataset) != null;
          case SyncResult.Done _ -> {
            failing.remove(dataset);
            yield true;
          }
          case SyncResult.DoneWithProblems _ -> {
            failing.remove(dataset);
            yield true;
          }
          case SyncResult.Failed failed ->
              !failed.reason().equals(failing.put(dataset, failed.reason()));
        };
    if (worthARow) {
      Journal.Run row = Runs.row(result);
      journal.append(row);
      bulletin.synced(Runs.view(row));
      log(result);
    }
  }

  private static void log(SyncResult result) {
    if (result instanceof SyncResult.Failed(var run, _, String reason, String fix, _)) {
      LOG.warn("sync of {} failed: {}; to do: {}", run.dataset(), reason, fix);
    } else {
      LOG.debug("sync: {}", Runs.sentence(result));
    }
  }
}
