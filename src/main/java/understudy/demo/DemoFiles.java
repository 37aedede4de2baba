package understudy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import understudy.demo.lab.JavaProgram;

/** The files that a person writes before {@code init}: each node's own, and the document of all. */
final class DemoFiles {
  /** Not one of the product: the shortest silence that its arithmetic allows at 100 ms. */
  static final String SHORTEST = "shortest";

  private static final String CLUSTER = "demo";

  private DemoFiles() {}

  /** {@code node.yaml}: what differs between the nodes stands under {@code variables}. */
  static void writeNode(DemoNode node, Ground ground) throws IOException {
    Ground.Site site = ground.site(node.name());
    Files.writeString(
        node.home().resolve("node.yaml"),
        """
        node: { name: %s, designation: %s }
        %slinks: [%s]
        state: %s
        socket: %s
        variables:
          node: %s
          data: %s
          address: "%s"
          port: "%d"
        """
            .formatted(
                node.name(),
                node.designation(),
                site.extra(),
                site.links().stream().map(DemoFiles::quoted).collect(Collectors.joining(", ")),
                quoted(node.home().resolve("state").toString()),
                quoted(node.socket().toString()),
                node.name(),
                quoted(node.data().toString()),
                site.service().getAddress().getHostAddress(),
                site.service().getPort()));
  }

  /**
   * {@code cluster.yaml}: the same on both nodes.
   *
   * @param profile a word of {@code failover.profile}, or {@link #SHORTEST}
   */
  static void writeCluster(Path file, Ground ground, String profile) throws IOException {
    Files.writeString(
        file,
        """
        cluster: { name: %s }
        failover:
        %s%sdatasets:
          - { name: files, path: "${data}", every: continuous }
        resources:
        %s  - command:
              name: writer
              run: [%s]
              stop-after: 2s
            health: { tcp: "127.0.0.1:${port}", every: 500ms, failures: 4 }
        """
            .formatted(CLUSTER, timing(profile), ground.failover(), ground.resources(), run()));
  }

  private static String timing(String profile) {
    return profile.equals(SHORTEST)
        ? "  profile: fast\n  primary-timeout: 550ms\n"
        : "  profile: " + profile + "\n";
  }

  private static String run() {
    List<String> words =
        new ArrayList<>(JavaProgram.numberedWriter("${node}", Path.of("${data}"), "${address}", 0));
    words.removeLast();
    words.add("${port}");
    return words.stream().map(DemoFiles::quoted).collect(Collectors.joining(", "));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
