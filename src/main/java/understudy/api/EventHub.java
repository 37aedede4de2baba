package understudy.api;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Numbers the node's events, remembers the last 256 for those who come back, and hands them to at
 * most 100 listeners. One that lets 256 events wait loses its place and has to come back.
 */
final class EventHub implements AutoCloseable {
  private static final int REMEMBERED = 256;
  private static final int MOST_LISTENERS = 100;

  /** Wakes a listener that has nothing else to send. */
  private static final Numbered END = new Numbered("", new Views.Event("end", "{}"));

  private final String run;
  private final Deque<Numbered> recent = new ArrayDeque<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final ServedNode.Subscription subscription;
  private long last;

  EventHub(ServedNode node) {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    this.run = HexFormat.of().formatHex(random);
    this.subscription = node.subscribe(this::publish);
  }

  /** An event with its id: unique over restarts of the daemon. */
  record Numbered(String id, Views.Event event) {}

  /** One open stream. */
  final class Listener implements AutoCloseable {
    final BlockingQueue<Numbered> waiting = new ArrayBlockingQueue<>(REMEMBERED);
    private volatile boolean isOver;

    /** It was too slow, or the server stops: the stream must end. */
    boolean isOver() {
      return isOver;
    }

    @Override
    public void close() {
      listeners.remove(this);
    }
  }

  private synchronized void publish(Views.Event event) {
    last++;
    Numbered numbered = new Numbered(run + "-" + last, event);
    recent.addLast(numbered);
    if (recent.size() > REMEMBERED) {
      recent.removeFirst();
    }
    for (Listener listener : listeners) {
      if (!listener.waiting.offer(numbered)) {
        listener.isOver = true;
      }
    }
  }

  /**
   * A listener that gets what came after the event with this id, when that is still remembered, and
   * all that follows; empty when there are too many.
   */
  synchronized Optional<Listener> listen(Optional<String> lastId) {
    if (listeners.size() >= MOST_LISTENERS) {
      return Optional.empty();
    }
    Listener listener = new Listener();
    lastId.ifPresent(id -> listener.waiting.addAll(after(id)));
    listeners.add(listener);
    return Optional.of(listener);
  }

  private List<Numbered> after(String id) {
    List<Numbered> missed = new ArrayList<>();
    boolean isAfter = false;
    for (Numbered numbered : recent) {
      if (isAfter) {
        missed.add(numbered);
      }
      isAfter |= numbered.id().equals(id);
    }
    return missed;
  }

  @Override
  public synchronized void close() {
    subscription.close();
    for (Listener listener : listeners) {
      listener.isOver = true;
      listener.waiting.clear();
      listener.waiting.add(END);
    }
  }
}
