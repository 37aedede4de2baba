package understudy.simulator;

import java.util.Arrays;

/**
 * What is to happen when, the earliest first; of several at one moment, the one that was planned
 * first. A binary heap of its own, because every event of every world goes through it.
 */
final class Agenda {
  private static final int FIRST_ROOM = 64;

  private Event[] events = new Event[FIRST_ROOM];
  private int size;

  /** Something to be done. */
  private record Event(long atNanos, long number, Runnable deed) {
    boolean isBefore(Event other) {
      return atNanos < other.atNanos || (atNanos == other.atNanos && number < other.number);
    }
  }

  /** Number after number must grow. */
  void add(long atNanos, long number, Runnable deed) {
    if (size == events.length) {
      events = Arrays.copyOf(events, size * 2);
    }
    var event = new Event(atNanos, number, deed);
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!event.isBefore(events[parent])) {
        break;
      }
      events[hole] = events[parent];
      hole = parent;
    }
    events[hole] = event;
  }

  /** When the next is due; {@link Long#MAX_VALUE} when nothing is planned. */
  long nextNanos() {
    return size == 0 ? Long.MAX_VALUE : events[0].atNanos;
  }

  /** Takes the next off the agenda; there is one. */
  Runnable remove() {
    Event first = events[0];
    Event last = events[--size];
    int hole = 0;
    int child = 1;
    while (child < size) {
      if (child + 1 < size && events[child + 1].isBefore(events[child])) {
        child++;
      }
      if (!events[child].isBefore(last)) {
        break;
      }
      events[hole] = events[child];
      hole = child;
      child = 2 * hole + 1;
    }
    events[hole] = last;
    return first.deed;
  }

  /** Everything happens later, in the same order. */
  void postpone(long nanos) {
    for (int i = 0; i < size; i++) {
      Event event = events[i];
      events[i] = new Event(event.atNanos + nanos, event.number, event.deed);
    }
  }
}
