package understudy.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The store in which the key of the arbiter {@code lease} lies. */
public sealed interface StoreConfig {

  /**
   * Who asks, and the file that holds the password: never in the document itself.
   *
   * @param password read when the daemon starts
   */
  record Login(String user, Path password) {}

  /**
   * An etcd cluster, by its JSON gateway.
   *
   * @param endpoints tried in turn
   * @param key empty: {@code /understudy/NAME-OF-THE-CLUSTER}
   * @param ca the authority that its certificates are checked against; empty: the machine's
   * @param certificate shown to it; its key is in {@code certificateKey}
   */
  record Etcd(
      List<URI> endpoints,
      Optional<String> key,
      Optional<Path> ca,
      Optional<Path> certificate,
      Optional<Path> certificateKey,
      Optional<Login> login)
      implements StoreConfig {
    public Etcd {
      endpoints = List.copyOf(endpoints);
    }
  }

  /**
   * A ZooKeeper ensemble.
   *
   * @param servers of one ensemble
   * @param key empty: {@code /understudy/NAME-OF-THE-CLUSTER}
   * @param login by the scheme {@code digest}; the key is then open to this user alone
   */
  record ZooKeeper(List<Endpoint> servers, Optional<String> key, Optional<Login> login)
      implements StoreConfig {
    public ZooKeeper {
      servers = List.copyOf(servers);
    }
  }
}
