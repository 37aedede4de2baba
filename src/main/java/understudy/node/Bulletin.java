package understudy.node;

import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.ServedNode.Subscription;
import understudy.api.Views;
import understudy.store.Journal;

/**
 * Tells those who listen to the API what has just happened. Safe from any thread; listeners do not
 * block.
 */
final class Bulletin {
  private static final Logger LOG = LoggerFactory.getLogger(Bulletin.class);

  private final Jsonb json = Jsonb.instance();
  private final List<Consumer<Views.Event>> listeners = new CopyOnWriteArrayList<>();

  Subscription subscribe(Consumer<Views.Event> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void decided(Journal.Decision decision) {
    tell("history", () -> json.toJson(row(decision)));
  }

  void changed(Views.Operation operation) {
    tell("operation", () -> json.toJson(operation));
  }

  void synced(Views.Run run) {
    tell("sync", () -> json.toJson(run));
  }

  static Views.HistoryRow row(Journal.Decision decision) {
    return new Views.HistoryRow(
        decision.id(),
        decision.at(),
        decision.node(),
        decision.term(),
        decision.roleBefore(),
        decision.roleAfter(),
        decision.rule(),
        decision.sentence(),
        decision.evidence());
  }

  private void tell(String kind, Supplier<String> text) {
    if (listeners.isEmpty()) {
      return;
    }
    var event = new Views.Event(kind, text.get());
    for (Consumer<Views.Event> listener : listeners) {
      try {
        listener.accept(event);
      } catch (RuntimeException bug) {
        LOG.error("a listener broke on {}", kind, bug);
      }
    }
  }
}
