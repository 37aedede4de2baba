package understudy.simulator;

import java.util.Arrays;

/**
 * What is to happen when, the earliest first; of several at one moment, the one that was planned
 * first. A binary heap over plain arrays, because every event of every world goes through it.
 */
final class Agenda {
  private static final int FIRST_ROOM = 64;

  private long[] atNanos = new long[FIRST_ROOM];
  private long[] numbers = new long[FIRST_ROOM];
  private Runnable[] deeds = new Runnable[FIRST_ROOM];
  private int size;

  /** Number after number must grow. */
  void add(long at, long number, Runnable deed) {
    if (size == deeds.length) {
      atNanos = Arrays.copyOf(atNanos, size * 2);
      numbers = Arrays.copyOf(numbers, size * 2);
      deeds = Arrays.copyOf(deeds, size * 2);
    }
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!isBefore(at, number, parent)) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    place(hole, at, number, deed);
  }

  /** When the next is due; {@link Long#MAX_VALUE} when nothing is planned. */
  long nextNanos() {
    return size == 0 ? Long.MAX_VALUE : atNanos[0];
  }

  /** Takes the next off the agenda; there is one. */
  Runnable remove() {
    Runnable first = deeds[0];
    size--;
    int hole = 0;
    int child = 1;
    while (child < size) {
      if (child + 1 < size && isBefore(atNanos[child + 1], numbers[child + 1], child)) {
        child++;
      }
      if (!isBefore(atNanos[child], numbers[child], size)) {
        break;
      }
      move(child, hole);
      hole = child;
      child = 2 * hole + 1;
    }
    move(size, hole);
    Arrays.fill(deeds, size, size + 1, null);
    return first;
  }

  /** Everything happens later, in the same order. */
  void postpone(long nanos) {
    for (int i = 0; i < size; i++) {
      atNanos[i] += nanos;
    }
  }

  private boolean isBefore(long at, long number, int other) {
    return at < atNanos[other] || (at == atNanos[other] && number < numbers[other]);
  }

  private void move(int from, int to) {
    place(to, atNanos[from], numbers[from], deeds[from]);
  }

  private void place(int index, long at, long number, Runnable deed) {
    atNanos[index] = at;
    numbers[index] = number;
    deeds[index] = deed;
  }
}
