package understudy.failover;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Something about each of a few nodes, in the order of their names. Immutable: a change makes
 * another that shares the names. Every step of the core makes some, so they are two plain arrays.
 */
public final class Roster<V> extends AbstractMap<NodeName, V> {
  /**
   * Up to so many names are looked through one after the other: most clusters have two or three.
   */
  private static final int FEW = 8;

  private static final Roster<?> EMPTY = new Roster<>(new NodeName[0], new Object[0]);

  private final NodeName[] names;
  private final Object[] values;

  private Roster(NodeName[] names, Object[] values) {
    this.names = names;
    this.values = values;
  }

  @SuppressWarnings("unchecked") // it holds nothing of any type
  public static <V> Roster<V> empty() {
    return (Roster<V>) EMPTY;
  }

  public static <V> Roster<V> of(Map<NodeName, V> entries) {
    if (entries instanceof Roster<V> roster) {
      return roster;
    }
    var sorted = new TreeMap<>(entries);
    return new Roster<>(sorted.keySet().toArray(NodeName[]::new), sorted.values().toArray());
  }

  @Override
  public int size() {
    return names.length;
  }

  NodeName name(int index) {
    return names[index];
  }

  @SuppressWarnings("unchecked") // whatever comes in is a V
  public V value(int index) {
    return (V) values[index];
  }

  /** Nothing when there is nothing about {@code name}. */
  @Nullable V find(NodeName name) {
    int index = indexOf(name);
    return index < 0 ? null : value(index);
  }

  /** Where it stands; negative as of {@link Arrays#binarySearch} when it does not. */
  private int indexOf(NodeName name) {
    if (names.length <= FEW) {
      for (int i = 0; i < names.length; i++) {
        if (names[i].equals(name)) {
          return i;
        }
      }
    }
    return Arrays.binarySearch(names, name);
  }

  /** The same with {@code value} for {@code name}. */
  Roster<V> with(NodeName name, V value) {
    int index = indexOf(name);
    if (index < 0) {
      var more = new TreeMap<NodeName, V>(this);
      more.put(name, value);
      return of(more);
    }
    Object[] changed = values.clone();
    changed[index] = value;
    return new Roster<>(names, changed);
  }

  /** The same names, every value changed. */
  Roster<V> changed(UnaryOperator<V> change) {
    Object[] changed = new Object[values.length];
    for (int i = 0; i < changed.length; i++) {
      changed[i] = change.apply(value(i));
    }
    return new Roster<>(names, changed);
  }

  @Override
  public @Nullable V get(@Nullable Object name) {
    return name instanceof NodeName node ? find(node) : null;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return name instanceof NodeName node && indexOf(node) >= 0;
  }

  @Override
  @SuppressWarnings("unchecked") // whatever comes in is a V
  public List<V> values() {
    return (List<V>) Collections.unmodifiableList(Arrays.asList(values));
  }

  @Override
  public Set<Entry<NodeName, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return names.length;
      }

      @Override
      public Iterator<Entry<NodeName, V>> iterator() {
        return new Entries();
      }
    };
  }

  private final class Entries implements Iterator<Entry<NodeName, V>> {
    private int next;

    @Override
    public boolean hasNext() {
      return next < names.length;
    }

    @Override
    public Entry<NodeName, V> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int index = next++;
      return Map.entry(names[index], value(index));
    }
  }
}
