package understudy.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * Reads the JSON body of an action. Goes through the YAML composer, of which JSON is a part,
 * because it knows line and column of every key and value.
 */
final class ActionBody {
  private static final long LONGEST_PAUSE_SECONDS = 366L * 24 * 3600;
  private static final List<String> FIELDS =
      List.of(
          "kind",
          "sync",
          "evenIfPeerUnreachable",
          "force",
          "forSeconds",
          "clients",
          "survivor",
          "target",
          "dataset",
          "reason",
          "dryRun",
          "quick");

  private final MappingNode object;

  private ActionBody(MappingNode object) {
    this.object = object;
  }

  /**
   * The action of this body.
   *
   * @param text a JSON object; empty: all defaults
   */
  static Action read(Action.Kind kind, String text) throws ProblemException {
    return text.isBlank() ? Action.of(kind) : new ActionBody(compose(text)).action(kind);
  }

  /** Two words of text, for the sign-in call. */
  static String required(String text, String name) throws ProblemException {
    String value = new ActionBody(compose(text)).text(name);
    if (value == null) {
      throw ProblemException.badRequest(name + " is missing", null);
    }
    return value;
  }

  private Action action(Action.Kind kind) throws ProblemException {
    for (NodeTuple field : object.getValue()) {
      Node key = field.getKeyNode();
      if (!(key instanceof ScalarNode name) || !FIELDS.contains(name.getValue())) {
        throw wrong(key, "no such field", "known fields: " + String.join(", ", FIELDS));
      }
    }
    return new Action(
        kind,
        truth("sync"),
        truth("evenIfPeerUnreachable"),
        truth("force"),
        seconds("forSeconds"),
        text("clients"),
        text("survivor"),
        text("target"),
        text("dataset"),
        text("reason"),
        truth("dryRun"),
        truth("quick"));
  }

  private static MappingNode compose(String text) throws ProblemException {
    if (!text.stripLeading().startsWith("{")) {
      throw ProblemException.badRequest("line 1, column 1: a JSON object must start here", null);
    }
    try {
      LoadSettings settings =
          LoadSettings.builder().setSchema(new JsonSchema()).setLabel("body").build();
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isPresent() && root.get() instanceof MappingNode object) {
        return object;
      }
      throw ProblemException.badRequest("line 1, column 1: a JSON object must stand here", null);
    } catch (MarkedYamlEngineException malformed) {
      String place =
          malformed
              .getProblemMark()
              .map(mark -> place(mark.getLine(), mark.getColumn()))
              .orElse("the body");
      throw ProblemException.badRequest(place + ": " + malformed.getProblem(), null);
    } catch (YamlEngineException malformed) {
      throw ProblemException.badRequest("the body: " + malformed.getMessage(), null);
    }
  }

  private @Nullable Boolean truth(String name) throws ProblemException {
    ScalarNode value = scalar(name);
    if (value == null) {
      return null;
    }
    if (!value.getTag().equals(Tag.BOOL)) {
      throw wrong(value, name + " is true or false", null);
    }
    return Boolean.valueOf(value.getValue());
  }

  private @Nullable Long seconds(String name) throws ProblemException {
    ScalarNode value = scalar(name);
    if (value == null) {
      return null;
    }
    try {
      long number = value.getTag().equals(Tag.INT) ? Long.parseLong(value.getValue()) : -1;
      if (number > 0 && number <= LONGEST_PAUSE_SECONDS) {
        return number;
      }
    } catch (NumberFormatException tooLong) {
      throw wrong(value, name + " is too large", null);
    }
    throw wrong(value, name + " is a whole number from 1 to " + LONGEST_PAUSE_SECONDS, null);
  }

  private @Nullable String text(String name) throws ProblemException {
    ScalarNode value = scalar(name);
    if (value == null) {
      return null;
    }
    if (!value.getTag().equals(Tag.STR)) {
      throw wrong(value, name + " is a text in double quotes", null);
    }
    return value.getValue();
  }

  private @Nullable ScalarNode scalar(String name) throws ProblemException {
    for (NodeTuple field : object.getValue()) {
      if (field.getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)) {
        if (!(field.getValueNode() instanceof ScalarNode value)) {
          throw wrong(field.getValueNode(), name + " is a single value", null);
        }
        return value.getTag().equals(Tag.NULL) ? null : value;
      }
    }
    return null;
  }

  private static ProblemException wrong(Node node, String what, @Nullable String fix) {
    String place =
        node.getStartMark().map(mark -> place(mark.getLine(), mark.getColumn())).orElse("the body");
    return ProblemException.badRequest(place + ": " + what, fix);
  }

  private static String place(int line, int column) {
    return "line " + (line + 1) + ", column " + (column + 1);
  }
}
