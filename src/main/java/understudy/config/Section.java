package understudy.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A map of keys in a document; unknown and repeated keys are noted as mistakes at once. */
final class Section {
  private final Value self;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private boolean hasStrangers;

  private Section(Value self) {
    this.self = self;
  }

  /** Reads the keys of {@code map}; {@code known} is also what a message lists. */
  static Section of(MappingNode map, String path, Mistakes mistakes, List<String> known) {
    Section section = new Section(new Value(map, path, mistakes));
    for (NodeTuple entry : map.getValue()) {
      section.take(entry.getKeyNode(), entry.getValueNode(), known);
    }
    return section;
  }

  /** A section that was not written. */
  static Section empty(String path, Mistakes mistakes) {
    Node nowhere =
        new MappingNode(
            Tag.MAP, false, List.of(), FlowStyle.BLOCK, Optional.empty(), Optional.empty());
    return new Section(new Value(nowhere, path, mistakes));
  }

  private void take(Node keyNode, Node valueNode, List<String> known) {
    Mistakes mistakes = self.mistakes();
    if (!(keyNode instanceof ScalarNode scalar)) {
      mistakes.wrong(keyNode.getStartMark(), self.path(), "a key is one word", "");
      return;
    }
    String key = scalar.getValue();
    Value earlier = values.get(key);
    if (earlier != null) {
      int line = earlier.node().getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
      mistakes.wrong(
          keyNode.getStartMark(),
          self.path(),
          "the key '" + key + "' is there twice, first in line " + line,
          "keep one");
      return;
    }
    String path = self.path().isEmpty() ? key : self.path() + "." + key;
    if (!known.contains(key)) {
      hasStrangers = true;
      UnknownKey unknown = UnknownKey.explain(key, known);
      mistakes.wrong(keyNode.getStartMark(), self.path(), unknown.message(), unknown.fix());
      return;
    }
    values.put(key, new Value(valueNode, path, mistakes));
  }

  /** The map itself, for mistakes about it as a whole. */
  Value self() {
    return self;
  }

  /** Unknown keys were noted: one of them may be what seems to be missing. */
  boolean hasStrangers() {
    return hasStrangers;
  }

  /** What was read, in the order written. */
  Map<String, Value> values() {
    return values;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  Optional<Value> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** As {@link #find}, but a missing key is a mistake. */
  Optional<Value> require(String key, String example) {
    if (!has(key)) {
      self.wrong("the key '" + key + "' is missing", "write " + key + ": " + example);
    }
    return find(key);
  }

  Duration duration(String key, Duration least, Duration most, Duration otherwise) {
    return find(key).flatMap(value -> value.duration(least, most)).orElse(otherwise);
  }

  int integer(String key, int least, int most, int otherwise) {
    return find(key).flatMap(value -> value.integer(least, most)).orElse(otherwise);
  }

  Optional<Section> section(String key, List<String> known) {
    return find(key).flatMap(value -> value.section(known));
  }
}
