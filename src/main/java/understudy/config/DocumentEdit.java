package understudy.config;

import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Changes one value of a cluster document in its text: comments, order and layout stay. A path
 * names keys from the top, as in {@code failover.max-loss}; an entry of a list is named by its
 * {@code name} or its number from 0, as in {@code datasets.files.every}.
 */
public final class DocumentEdit {
  private DocumentEdit() {}

  /**
   * The text with {@code value} at {@code path}; what is missing on the way is added.
   *
   * @param value YAML, on one line
   * @throws IllegalArgumentException says why the text cannot be changed so
   */
  public static String set(String text, String path, String value) {
    if (value.contains("\n") || value.isBlank()) {
      throw new IllegalArgumentException("a value is written on one line");
    }
    List<String> keys = List.of(path.split("\\.", -1));
    if (keys.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("'" + path + "' is no path; write failover.max-loss");
    }
    var mistakes = new Mistakes("document");
    Optional<Node> root = YamlText.compose(text, mistakes);
    if (root.isEmpty()) {
      throw new IllegalArgumentException("the present document is no YAML: correct the file first");
    }
    return set(text, root.get(), keys, value);
  }

  private static String set(String text, Node node, List<String> keys, String value) {
    String key = keys.getFirst();
    List<String> rest = keys.subList(1, keys.size());
    Optional<Node> found = child(node, key);
    if (found.isPresent()) {
      return rest.isEmpty()
          ? replace(text, found.get(), key, value)
          : set(text, found.get(), rest, value);
    }
    if (!(node instanceof MappingNode map) || map.getValue().isEmpty()) {
      throw new IllegalArgumentException(
          "there is no '" + key + "' to change; write the whole: understudy config import FILE");
    }
    return add(text, map, key, nested(rest, value));
  }

  /** The value under the keys that are missing below, as a flow mapping. */
  private static String nested(List<String> keys, String value) {
    String whole = value;
    for (String key : keys.reversed()) {
      whole = "{ " + key + ": " + whole + " }";
    }
    return whole;
  }

  private static Optional<Node> child(Node node, String key) {
    return switch (node) {
      case MappingNode map ->
          map.getValue().stream()
              .filter(tuple -> isNamed(tuple.getKeyNode(), key))
              .map(NodeTuple::getValueNode)
              .findFirst();
      case SequenceNode list -> item(list, key);
      default -> Optional.empty();
    };
  }

  private static Optional<Node> item(SequenceNode list, String key) {
    Optional<Node> named =
        list.getValue().stream()
            .filter(item -> child(item, "name").filter(name -> isNamed(name, key)).isPresent())
            .findFirst();
    boolean isNumber = key.matches("\\d{1,4}") && Integer.parseInt(key) < list.getValue().size();
    return named.isPresent() || !isNumber
        ? named
        : Optional.of(list.getValue().get(Integer.parseInt(key)));
  }

  private static boolean isNamed(Node node, String text) {
    return node instanceof ScalarNode scalar && scalar.getValue().equals(text);
  }

  private static String replace(String text, Node node, String key, String value) {
    if (node instanceof CollectionNode<?> whole && whole.getFlowStyle() == FlowStyle.BLOCK) {
      throw new IllegalArgumentException(
          "'"
              + key
              + "' has parts of its own: name one of them, or write the whole: understudy config"
              + " import FILE");
    }
    int start = place(text, node.getStartMark());
    int end = place(text, node.getEndMark());
    String gap = start > 0 && text.charAt(start - 1) == ':' ? " " : "";
    return text.substring(0, start) + gap + value + text.substring(end);
  }

  /** Before the first entry, so that a comment behind the last one stays with it. */
  private static String add(String text, MappingNode map, String key, String value) {
    Mark first = map.getValue().getFirst().getKeyNode().getStartMark().orElseThrow();
    int at = place(text, Optional.of(first));
    String entry = key + ": " + value;
    return map.getFlowStyle() == FlowStyle.FLOW
        ? text.substring(0, at) + entry + ", " + text.substring(at)
        : text.substring(0, at) + entry + "\n" + " ".repeat(first.getColumn()) + text.substring(at);
  }

  /** Marks count code points, texts count characters. */
  private static int place(String text, Optional<Mark> mark) {
    return text.offsetByCodePoints(0, mark.orElseThrow().getIndex());
  }
}
