package understudy.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Text to YAML nodes with their places, for files written by people: one document, no anchors, no
 * tags, nothing deep or huge. The limits hold before anything is built in memory.
 */
final class YamlText {
  static final int MOST_CHARACTERS = 256 * 1024;
  private static final int MOST_DEPTH = 20;
  private static final int MOST_EVENTS = 50_000;

  private YamlText() {}

  /** The root node; empty when the text is empty or wrong, the latter noted in mistakes. */
  static Optional<Node> compose(String text, Mistakes mistakes) {
    if (text.length() > MOST_CHARACTERS) {
      mistakes.wrong(
          Optional.empty(),
          "",
          "the file has more than " + MOST_CHARACTERS + " characters",
          "a configuration is small: check that this is the right file");
      return Optional.empty();
    }
    // Keys that are no words are allowed here because Section refuses them with their place.
    LoadSettings settings =
        LoadSettings.builder()
            .setCodePointLimit(MOST_CHARACTERS)
            .setAllowNonScalarKeys(true)
            .build();
    try {
      if (!isPlain(text, settings, mistakes)) {
        return Optional.empty();
      }
      return new Compose(settings).composeString(text);
    } catch (MarkedYamlEngineException broken) {
      mistakes.wrong(broken.getProblemMark(), "", explain(broken), "");
    } catch (YamlEngineException broken) {
      mistakes.wrong(Optional.empty(), "", "not YAML: " + firstLine(broken.getMessage()), "");
    }
    return Optional.empty();
  }

  private static boolean isPlain(String text, LoadSettings settings, Mistakes mistakes) {
    int depth = 0;
    int events = 0;
    int documents = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      depth += change(event);
      documents += event.getEventId() == Event.ID.DocumentStart ? 1 : 0;
      Optional<String> objection =
          ++events > MOST_EVENTS
              ? Optional.of("more than " + MOST_EVENTS + " values")
              : depth > MOST_DEPTH
                  ? Optional.of("values nested deeper than " + MOST_DEPTH + " levels")
                  : documents > 1
                      ? Optional.of("a second document after '---'; keep one")
                      : objection(event);
      if (objection.isPresent()) {
        mistakes.wrong(event.getStartMark(), "", objection.get(), "");
        return false;
      }
    }
    return true;
  }

  private static int change(Event event) {
    return switch (event.getEventId()) {
      case MappingStart, SequenceStart -> 1;
      case MappingEnd, SequenceEnd -> -1;
      case Alias, Comment, DocumentEnd, DocumentStart, Scalar, StreamEnd, StreamStart -> 0;
    };
  }

  private static Optional<String> objection(Event event) {
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      return Optional.of("anchors (&name) and aliases (*name) are not used here; write it out");
    }
    boolean isTagged =
        switch (event) {
          case ScalarEvent scalar -> scalar.getTag().isPresent();
          case CollectionStartEvent collection -> collection.getTag().isPresent();
          default -> false;
        };
    if (isTagged) {
      return Optional.of("tags (!name) are not used here; write the plain value");
    }
    return Optional.empty();
  }

  private static String explain(MarkedYamlEngineException broken) {
    String problem = firstLine(broken.getProblem());
    if (problem.contains("\\t")) {
      return "a tab cannot indent YAML; use spaces";
    }
    String context = broken.getContext();
    return "not YAML: " + (context == null ? "" : firstLine(context) + ": ") + problem;
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "no reason given" : text.lines().findFirst().orElse("").strip();
  }
}
