package understudy.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One value of a document with its place. Reading it as something that it is not notes a mistake
 * and answers empty, so that reading goes on and finds the other mistakes too.
 */
record Value(Node node, String path, Mistakes mistakes) {
  private static final int MOST_ITEMS = 1000;

  /** Notes a mistake at this place. */
  void wrong(String message, String fix) {
    mistakes.wrong(node.getStartMark(), path, message, fix);
  }

  /** Notes something allowed but probably not meant. */
  void doubtful(String message, String fix) {
    mistakes.doubtful(node.getStartMark(), path, message, fix);
  }

  boolean isMap() {
    return node instanceof MappingNode;
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  /** Is exactly this text; notes nothing. */
  boolean says(String text) {
    return node instanceof ScalarNode scalar && scalar.getValue().equals(text);
  }

  Optional<String> text() {
    if (node instanceof ScalarNode scalar) {
      if (scalar.getTag().equals(Tag.NULL)) {
        wrong("the value is missing", "");
        return Optional.empty();
      }
      return Optional.of(scalar.getValue());
    }
    wrong("expected one value, found " + kind(), "");
    return Optional.empty();
  }

  /** A map of free names to single values. */
  Map<String, String> variables() {
    if (!(node instanceof MappingNode map)) {
      wrong("expected a map of names and values, found " + kind(), "write { interface: eth0 }");
      return Map.of();
    }
    Map<String, String> texts = new TreeMap<>();
    for (NodeTuple tuple : map.getValue()) {
      Value key = new Value(tuple.getKeyNode(), path, mistakes);
      Optional<String> name = key.text();
      if (name.isPresent() && !Variables.NAME.matcher(name.get()).matches()) {
        key.wrong(
            "'" + name.get() + "' is no name of a variable",
            "use lower-case letters, digits and hyphens");
      } else if (name.isPresent()) {
        new Value(tuple.getValueNode(), path + "." + name.get(), mistakes)
            .text()
            .ifPresent(text -> texts.put(name.get(), text));
      }
    }
    return texts;
  }

  /** Reads the text by a parser that throws {@link IllegalArgumentException} with the reason. */
  <T> Optional<T> parsed(Function<String, T> parser) {
    return text()
        .flatMap(
            text -> {
              try {
                return Optional.of(parser.apply(text));
              } catch (IllegalArgumentException reason) {
                wrong(String.valueOf(reason.getMessage()), "");
                return Optional.empty();
              }
            });
  }

  Optional<Duration> duration(Duration least, Duration most) {
    return parsed(Durations::parse)
        .filter(
            found -> {
              boolean fits = found.compareTo(least) >= 0 && found.compareTo(most) <= 0;
              if (!fits) {
                wrong(
                    Durations.format(found) + " is out of range",
                    "write " + Durations.format(least) + " to " + Durations.format(most));
              }
              return fits;
            });
  }

  Optional<Integer> integer(int least, int most) {
    String fix = "write a whole number from " + least + " to " + most;
    return text()
        .flatMap(
            text -> {
              if (text.matches("\\d{1,9}")) {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                  return Optional.of(number);
                }
              }
              wrong("'" + text + "' is not accepted", fix);
              return Optional.empty();
            });
  }

  /** One of a few words. */
  Optional<String> word(List<String> words) {
    return text()
        .filter(
            text -> {
              if (words.contains(text)) {
                return true;
              }
              String near =
                  Nearest.to(text, words).map(best -> "did you mean '" + best + "'? ").orElse("");
              wrong("'" + text + "' is not accepted", near + "write " + String.join(", ", words));
              return false;
            });
  }

  /** The members of a list, each with its number in its path. */
  List<Value> items() {
    if (!(node instanceof SequenceNode list)) {
      wrong("expected a list, found " + kind(), "write [a, b] or one '- ' line each");
      return List.of();
    }
    if (list.getValue().size() > MOST_ITEMS) {
      wrong("more than " + MOST_ITEMS + " entries", "");
      return List.of();
    }
    List<Value> items = new ArrayList<>();
    for (Node item : list.getValue()) {
      items.add(new Value(item, path + "[" + items.size() + "]", mistakes));
    }
    return items;
  }

  /** The texts of a list. */
  List<String> texts() {
    return items().stream().flatMap(item -> item.text().stream()).toList();
  }

  /** A program with its arguments; one string is refused because nobody knows where it splits. */
  List<String> command() {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      wrong(
          "a command is a list of program and arguments; no shell reads it",
          "write [" + String.join(", ", scalar.getValue().strip().split("\\s+")) + "]");
      return List.of();
    }
    List<String> words = texts();
    if (isList() && words.isEmpty() && mistakes.none()) {
      wrong("a command needs a program", "write [/path/to/program, argument]");
    }
    return words;
  }

  /** This value as a map of exactly these keys. */
  Optional<Section> section(List<String> known) {
    if (node instanceof MappingNode map) {
      return Optional.of(Section.of(map, path, mistakes, known));
    }
    wrong("expected a map of keys, found " + kind(), "known here: " + String.join(", ", known));
    return Optional.empty();
  }

  /** The entries of a map with free keys. */
  Map<String, Value> entries() {
    if (!(node instanceof MappingNode map)) {
      wrong("expected a map of keys, found " + kind(), "write { KEY: value }");
      return Map.of();
    }
    List<String> keys =
        map.getValue().stream()
            .map(NodeTuple::getKeyNode)
            .flatMap(
                key -> key instanceof ScalarNode word ? Stream.of(word.getValue()) : Stream.of())
            .toList();
    return Section.of(map, path, mistakes, keys).values();
  }

  private String kind() {
    if (node instanceof ScalarNode scalar) {
      return scalar.getTag().equals(Tag.NULL) ? "nothing" : "'" + scalar.getValue() + "'";
    }
    return isList() ? "a list" : "a map of keys";
  }
}
