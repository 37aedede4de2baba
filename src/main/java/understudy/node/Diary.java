package understudy.node;

import java.util.List;
import understudy.failover.State;
import understudy.store.Journal;
import understudy.time.Clock;

/** Writes into the history what the deciding core had no part in. Safe from any thread. */
final class Diary {
  private final Loop loop;
  private final Journal journal;
  private final Bulletin bulletin;
  private final Clock clock;

  Diary(Loop loop, Journal journal, Bulletin bulletin, Clock clock) {
    this.loop = loop;
    this.journal = journal;
    this.bulletin = bulletin;
    this.clock = clock;
  }

  /**
   * One row, with the term and role of now.
   *
   * @param rule a word in capitals, as the rules of the core have
   */
  void note(String rule, String sentence, List<String> evidence) {
    State state = loop.state();
    var row =
        new Journal.Decision(
            0,
            clock.wall(),
            loop.failover().policy().self().value(),
            state.durable().term().number(),
            state.role().word(),
            state.role().word(),
            rule,
            sentence,
            evidence);
    journal.append(row);
    bulletin.decided(row);
  }
}
