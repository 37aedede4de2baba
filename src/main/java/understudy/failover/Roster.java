package understudy.failover;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
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
 * another that shares the names. Every step of the core makes some, so they are two plain lists.
 */
public final class Roster<V> extends AbstractMap<NodeName, V> {
  private static final Roster<?> EMPTY = new Roster<>(List.of(), List.of());

  private final List<NodeName> names;
  private final List<V> values;

  private Roster(List<NodeName> names, List<V> values) {
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
    return new Roster<>(List.copyOf(sorted.keySet()), List.copyOf(sorted.values()));
  }

  @Override
  public int size() {
    return names.size();
  }

  NodeName name(int index) {
    return names.get(index);
  }

  V value(int index) {
    return values.get(index);
  }

  /** Nothing when there is nothing about {@code name}. */
  @Nullable V find(NodeName name) {
    int index = Collections.binarySearch(names, name);
    return index < 0 ? null : values.get(index);
  }

  /** The same with {@code value} for {@code name}. */
  Roster<V> with(NodeName name, V value) {
    var newValues = new ArrayList<>(values);
    int index = Collections.binarySearch(names, name);
    if (index >= 0) {
      newValues.set(index, value);
      return new Roster<>(names, Collections.unmodifiableList(newValues));
    }
    var newNames = new ArrayList<>(names);
    newNames.add(-index - 1, name);
    newValues.add(-index - 1, value);
    return new Roster<>(List.copyOf(newNames), Collections.unmodifiableList(newValues));
  }

  /** The same names, every value changed. */
  Roster<V> changed(UnaryOperator<V> change) {
    return new Roster<>(names, values.stream().map(change).toList());
  }

  @Override
  public @Nullable V get(@Nullable Object name) {
    return name instanceof NodeName node ? find(node) : null;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return name instanceof NodeName node && Collections.binarySearch(names, node) >= 0;
  }

  @Override
  public List<V> values() {
    return values;
  }

  @Override
  public Set<Entry<NodeName, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return names.size();
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
      return next < names.size();
    }

    @Override
    public Entry<NodeName, V> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int index = next++;
      return Map.entry(names.get(index), values.get(index));
    }
  }
}
