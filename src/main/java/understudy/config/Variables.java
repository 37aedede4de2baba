package understudy.config;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Fills {@code ${name}} in the values of the cluster document with what {@code node.yaml} says
 * under {@code variables:}. So the document stays the same everywhere although an interface or a
 * path is called differently on each machine.
 */
final class Variables {
  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern PLACE = Pattern.compile("\\$\\{([^}]*)}");

  private final Map<String, String> values;
  private final Mistakes mistakes;

  Variables(Map<String, String> values, Mistakes mistakes) {
    this.values = values;
    this.mistakes = mistakes;
  }

  /**
   * The same tree with every place filled; one that has no value is a mistake and stays as it is.
   */
  Node fill(Node node) {
    switch (node) {
      case MappingNode map ->
          map.setValue(
              map.getValue().stream()
                  .map(tuple -> new NodeTuple(tuple.getKeyNode(), fill(tuple.getValueNode())))
                  .toList());
      case SequenceNode list -> {
        List<Node> items = list.getValue();
        IntStream.range(0, items.size()).forEach(i -> items.set(i, fill(items.get(i))));
      }
      case ScalarNode scalar -> {
        return fillScalar(scalar);
      }
      default -> {}
    }
    return node;
  }

  private Node fillScalar(ScalarNode scalar) {
    String text = scalar.getValue();
    if (!text.contains("${")) {
      return scalar;
    }
    String filled =
        PLACE
            .matcher(text)
            .replaceAll(place -> Matcher.quoteReplacement(value(scalar, place.group(1))));
    return new ScalarNode(
        scalar.getTag(),
        true,
        filled,
        scalar.getScalarStyle(),
        scalar.getStartMark(),
        scalar.getEndMark());
  }

  private String value(ScalarNode scalar, String name) {
    String value = values.get(name);
    if (value != null) {
      return value;
    }
    String near =
        Nearest.to(name, values.keySet())
            .map(known -> "did you mean ${" + known + "}? ")
            .orElse("");
    mistakes.wrong(
        scalar.getStartMark(),
        "",
        "the variable '" + name + "' is not set on this node",
        near + "write variables: { " + name + ": VALUE } in node.yaml");
    return "${" + name + "}";
  }
}
