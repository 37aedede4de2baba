package understudy.pairing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import understudy.config.ClusterConfig;
import understudy.config.ClusterDocument;
import understudy.config.ConfigReader;
import understudy.config.ConfigWriter;
import understudy.config.Endpoint;
import understudy.config.NodeConfig;
import understudy.config.Read;
import understudy.wire.ClusterSecret;
import understudy.wire.Identity;
import understudy.wire.Members;

/** Makes this machine the first node of a new cluster: identity, secret, configuration. */
public final class Initialisation {
  private static final int LONGEST_NAME = 63;

  private Initialisation() {}

  /**
   * What a new cluster starts with.
   *
   * @param cluster its name
   * @param addresses where others reach this node
   * @param data directories to protect, absolute
   * @param nodeFile written when it is not there
   * @param clusterFile written when it is not there
   */
  public record Request(
      String cluster,
      NodeConfig config,
      List<Endpoint> addresses,
      List<Path> data,
      Path nodeFile,
      Path clusterFile) {}

  /** What came of it. */
  public sealed interface Outcome {
    /** Done; {@code lines} say what was made. */
    record Made(Identity identity, List<String> lines) implements Outcome {}

    /** Nothing was changed. */
    record Refused(String message, String fix) implements Outcome {}
  }

  /** Throws {@link IOException} when a file cannot be written; running it again then goes on. */
  public static Outcome perform(Request request) throws IOException {
    Path state = request.config().state();
    if (Files.exists(Identity.file(state))) {
      return new Outcome.Refused(
          "this machine was initialised already: " + Identity.file(state) + " is its identity",
          "start the daemon: understudy node; or give another --state directory");
    }
    for (Path directory : request.data()) {
      if (!directory.isAbsolute() || !Files.isDirectory(directory)) {
        return new Outcome.Refused(
            directory + " is not a directory here", "give --data the absolute path of one");
      }
    }
    ClusterConfig cluster;
    switch (cluster(request)) {
      case Read.Valid<ClusterDocument>(ClusterDocument document, var warnings) ->
          cluster = document.config();
      case Read.Invalid<ClusterDocument>(var problems) -> {
        return new Outcome.Refused(
            "that makes no valid configuration: " + problems.getFirst(), "correct the options");
      }
    }
    return make(request, cluster);
  }

  private static Outcome make(Request request, ClusterConfig cluster) throws IOException {
    Path state = request.config().state();
    List<String> lines = new ArrayList<>();
    StateDirectory.make(state);
    if (Files.exists(request.nodeFile())) {
      lines.add("kept " + request.nodeFile());
    } else {
      ConfigWriter.writeNode(request.nodeFile(), request.config());
      lines.add("wrote " + request.nodeFile());
    }
    if (Files.exists(request.clusterFile())) {
      lines.add("kept " + request.clusterFile());
    } else {
      ConfigWriter.writeCluster(request.clusterFile(), cluster);
      lines.add("wrote " + request.clusterFile());
    }
    Identity identity =
        Identity.create(
            request.config().name(), request.addresses().stream().map(Endpoint::host).toList());
    Members.create(state, ClusterSecret.random(), List.of());
    identity.save(state);
    lines.add("made the identity of " + request.config().name() + ": " + identity.fingerprint());
    return new Outcome.Made(identity, lines);
  }

  private static Read<ClusterDocument> cluster(Request request) {
    if (Files.exists(request.clusterFile())) {
      return ConfigReader.readCluster(request.clusterFile(), request.config().variables());
    }
    Set<String> names = new HashSet<>();
    StringBuilder text =
        new StringBuilder("cluster: { name: '" + quoted(request.cluster()) + "' }\n");
    text.append("datasets:").append(request.data().isEmpty() ? " []\n" : "\n");
    for (Path directory : request.data()) {
      text.append("  - { name: ")
          .append(name(directory, names))
          .append(", path: '")
          .append(quoted(directory.toString()))
          .append("', every: continuous }\n");
    }
    return ConfigReader.readCluster(text.toString(), "cluster.yaml", request.config().variables());
  }

  private static String quoted(String text) {
    return text.replace("'", "''");
  }

  /** A dataset's name from its directory's: {@code /srv/My Ledger} becomes {@code my-ledger}. */
  private static String name(Path directory, Set<String> taken) {
    String plain =
        String.valueOf(directory.getFileName())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    String base =
        plain.isEmpty() ? "data" : plain.substring(0, Math.min(plain.length(), LONGEST_NAME - 3));
    String name = base;
    for (int i = 2; !taken.add(name); i++) {
      name = base + "-" + i;
    }
    return name;
  }
}
