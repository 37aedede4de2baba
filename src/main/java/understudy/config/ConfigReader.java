package understudy.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.snakeyaml.engine.v2.nodes.Node;
import understudy.failover.Designation;

/**
 * Reads {@code node.yaml} and the cluster document beside it into checked records. Never throws for
 * what a person wrote: every mistake comes back, with its place. Needs no daemon; safe from any
 * thread.
 */
public final class ConfigReader {
  public static final String NODE_FILE = "node.yaml";
  public static final String CLUSTER_FILE = "cluster.yaml";

  private ConfigReader() {}

  /**
   * Reads everything that a node is told.
   *
   * @param place the directory of both files, or the node file itself
   */
  public static Read<Configuration> read(Path place) {
    Path nodeFile = nodeFile(place);
    Path clusterFile = clusterFile(place);
    Read<NodeConfig> node = readNode(nodeFile);
    boolean inCluster = Files.exists(clusterFile);
    Read<Optional<ClusterDocument>> cluster =
        inCluster
            ? (isWitness(node)
                    ? readClusterOfWitness(clusterFile)
                    : readCluster(clusterFile, variables(node)))
                .map(Optional::of)
            : new Read.Valid<>(Optional.empty(), List.of());
    if (node instanceof Read.Valid<NodeConfig>(NodeConfig nodeConfig, List<Problem> doubts)
        && cluster
            instanceof
            Read.Valid<Optional<ClusterDocument>>(
                Optional<ClusterDocument> document,
                List<Problem> moreDoubts)) {
      List<Problem> clashes = clashes(nodeConfig, document, clusterFile);
      return clashes.isEmpty()
          ? new Read.Valid<>(
              new Configuration(nodeFile, nodeConfig, document), joined(doubts, moreDoubts))
          : new Read.Invalid<>(clashes);
    }
    return new Read.Invalid<>(joined(problems(node), problems(cluster)));
  }

  private static boolean isWitness(Read<NodeConfig> node) {
    return node instanceof Read.Valid<NodeConfig>(NodeConfig config, var _)
        && config.designation() == Designation.WITNESS;
  }

  private static Map<String, String> variables(Read<NodeConfig> node) {
    return node instanceof Read.Valid<NodeConfig>(NodeConfig config, var _)
        ? config.variables()
        : Map.of();
  }

  /** Where {@link #read} looks for the node settings. */
  public static Path nodeFile(Path place) {
    return Files.isDirectory(place) ? place.resolve(NODE_FILE) : place;
  }

  /** Where {@link #read} looks for the cluster document. */
  public static Path clusterFile(Path place) {
    return Files.isDirectory(place)
        ? place.resolve(CLUSTER_FILE)
        : place.resolveSibling(CLUSTER_FILE);
  }

  public static Read<NodeConfig> readNode(Path file) {
    Mistakes mistakes = new Mistakes(file.toString());
    return text(file, mistakes)
        .map(text -> readNode(text, file.toString()))
        .orElseGet(mistakes::invalid);
  }

  /**
   * Reads node settings from text.
   *
   * @param source what messages call the text
   */
  public static Read<NodeConfig> readNode(String text, String source) {
    return document(
        text, source, NodeReader.KEYS, Optional.empty(), (root, mistakes) -> NodeReader.read(root));
  }

  /** Reads the cluster document as it stands for a machine with these variables. */
  public static Read<ClusterDocument> readCluster(Path file, Map<String, String> variables) {
    Mistakes mistakes = new Mistakes(file.toString());
    return text(file, mistakes)
        .map(text -> readCluster(text, file.toString(), variables))
        .orElseGet(mistakes::invalid);
  }

  /**
   * Reads a cluster document from text, such as one that a peer sent.
   *
   * @param source what messages call the text
   * @param variables of the machine for which it is read
   */
  public static Read<ClusterDocument> readCluster(
      String text, String source, Map<String, String> variables) {
    Read<ClusterConfig> read =
        document(text, source, ClusterReader.KEYS, Optional.of(variables), ClusterReader::read);
    return read.map(config -> new ClusterDocument(text, config));
  }

  private static Read<ClusterDocument> readClusterOfWitness(Path file) {
    Mistakes mistakes = new Mistakes(file.toString());
    return text(file, mistakes)
        .map(text -> readClusterOfWitness(text, file.toString()))
        .orElseGet(mistakes::invalid);
  }

  /**
   * Reads what a witness needs of a cluster document: it holds no data and no resources, so what
   * the document says of them, and the variables in it, are not read.
   */
  public static Read<ClusterDocument> readClusterOfWitness(String text, String source) {
    Read<ClusterConfig> read =
        document(text, source, ClusterReader.KEYS, Optional.empty(), ClusterReader::readForWitness);
    return read.map(config -> new ClusterDocument(text, config));
  }

  /**
   * Reads a cluster document from text for one machine: also what only that machine can say against
   * it.
   */
  public static Read<ClusterDocument> readClusterFor(NodeConfig node, String text, String source) {
    if (node.designation() == Designation.WITNESS) {
      return readClusterOfWitness(text, source);
    }
    Read<ClusterDocument> read = readCluster(text, source, node.variables());
    if (read instanceof Read.Valid<ClusterDocument>(ClusterDocument document, var _)) {
      List<Problem> clashes = clashes(node, Optional.of(document), Path.of(source));
      return clashes.isEmpty() ? read : new Read.Invalid<>(clashes);
    }
    return read;
  }

  private static <T> Read<T> document(
      String text,
      String source,
      List<String> keys,
      Optional<Map<String, String>> variables,
      BiFunction<Section, Mistakes, Optional<T>> reader) {
    Mistakes mistakes = new Mistakes(source);
    Optional<Node> root = YamlText.compose(text, mistakes);
    if (root.isEmpty()) {
      if (mistakes.none()) {
        mistakes.wrong(Optional.empty(), "", "the file is empty", "it needs " + keys.getFirst());
      }
      return mistakes.invalid();
    }
    Optional<T> read =
        new Value(filled(root.get(), variables, mistakes), "", mistakes)
            .section(keys)
            .flatMap(section -> reader.apply(section, mistakes));
    return read.map(mistakes::outcome).orElseGet(mistakes::invalid);
  }

  private static Node filled(
      Node root, Optional<Map<String, String>> variables, Mistakes mistakes) {
    return variables.map(values -> new Variables(values, mistakes).fill(root)).orElse(root);
  }

  private static Optional<String> text(Path file, Mistakes mistakes) {
    try (InputStream in = Files.newInputStream(file)) {
      // A character has at least one byte, so this is enough to see that there are too many.
      byte[] bytes = in.readNBytes(4 * YamlText.MOST_CHARACTERS + 1);
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (NoSuchFileException missing) {
      mistakes.wrong(
          Optional.empty(), "", "there is no such file", "run understudy init, or give --config");
    } catch (CharacterCodingException binary) {
      mistakes.wrong(Optional.empty(), "", "the file is not UTF-8 text", "");
    } catch (IOException unreadable) {
      mistakes.wrong(Optional.empty(), "", "cannot be read: " + unreadable, "");
    }
    return Optional.empty();
  }

  /** The state directory is written all the time: syncing it would never end. */
  private static List<Problem> clashes(
      NodeConfig node, Optional<ClusterDocument> document, Path clusterFile) {
    return document.stream()
        .flatMap(found -> found.config().datasets().stream())
        .filter(
            dataset ->
                node.state().startsWith(dataset.path()) || dataset.path().startsWith(node.state()))
        .map(
            dataset ->
                new Problem(
                    clusterFile.toString(),
                    0,
                    0,
                    "datasets",
                    "dataset '%s' at %s overlaps this node's state directory %s"
                        .formatted(dataset.name(), dataset.path(), node.state()),
                    Optional.of("move one of them")))
        .toList();
  }

  private static List<Problem> problems(Read<?> read) {
    return switch (read) {
      case Read.Valid<?> fine -> List.of();
      case Read.Invalid<?>(List<Problem> problems) -> problems;
    };
  }

  private static List<Problem> joined(List<Problem> some, List<Problem> more) {
    List<Problem> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }
}
