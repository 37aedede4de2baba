package understudy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything that one node is told: its own settings and the cluster document.
 *
 * @param nodeFile where the node settings were read; the cluster document lies beside it
 * @param cluster empty while the node is in no cluster
 */
public record Configuration(Path nodeFile, NodeConfig node, Optional<ClusterDocument> cluster) {}
