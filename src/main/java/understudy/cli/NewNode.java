package understudy.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import understudy.config.ConfigReader;
import understudy.config.Endpoint;
import understudy.config.NodeConfig;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.pairing.OwnAddresses;

/**
 * The settings of a machine that is about to become a node, from options.
 *
 * @param address where others reach it
 */
record NewNode(NodeConfig config, Endpoint address) {
  private static final int USUAL_PORT = 7443;
  private static final Path USUAL_PLACE = Path.of("/etc/understudy");

  /**
   * Settings that listen on every address of the machine.
   *
   * @param name from the global option {@code --node}
   */
  static NewNode of(
      Optional<String> name,
      String address,
      String designation,
      Path state,
      Map<String, String> variables)
      throws Failure {
    if (address.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE, "this node's address is missing", "add --address HOST[:PORT]");
    }
    if (name.isEmpty()) {
      throw new Failure(ExitCode.USAGE, "the node's name is missing", "add --node NAME");
    }
    try {
      Endpoint endpoint = endpoint(address);
      return new NewNode(
          new NodeConfig(
              new NodeName(name.get()),
              Designation.valueOf(designation.toUpperCase(Locale.ROOT)),
              new Endpoint(endpoint.host().contains(":") ? "::" : "0.0.0.0", endpoint.port()),
              Optional.empty(),
              List.of(endpoint.host()),
              state,
              state.resolve("understudy.sock"),
              variables),
          endpoint);
    } catch (IllegalArgumentException unfit) {
      throw new Failure(
          ExitCode.USAGE,
          String.valueOf(unfit.getMessage()).startsWith("No enum")
              ? "a designation is primary, secondary, dr or witness, not '" + designation + "'"
              : String.valueOf(unfit.getMessage()),
          "see --help",
          unfit);
    }
  }

  /**
   * Settings that are written already count; what is given beside them must agree.
   *
   * @param place of {@code node.yaml}, for the message
   */
  static NewNode of(NodeConfig present, Path place, Optional<String> name, String address)
      throws Failure {
    try {
      Endpoint endpoint =
          address.isEmpty()
              ? OwnAddresses.of(present, present.listen().port()).getFirst()
              : endpoint(address);
      boolean agrees =
          name.map(present.name().value()::equals).orElse(true)
              && endpoint.port() == present.listen().port();
      if (!agrees) {
        throw new Failure(
            ExitCode.REFUSED,
            place + " is there already and says something else than the options",
            "move it away, or leave out --node and --address");
      }
      return new NewNode(present, endpoint);
    } catch (IllegalArgumentException unfit) {
      throw new Failure(ExitCode.USAGE, String.valueOf(unfit.getMessage()), "see --help", unfit);
    }
  }

  private static Endpoint endpoint(String address) {
    boolean hasPort = address.matches(".*[^:]:\\d+|\\[.*\\]:\\d+") && !isPlainV6(address);
    Endpoint endpoint =
        hasPort
            ? Endpoint.parse(address)
            : new Endpoint(address.replaceAll("[\\[\\]]", ""), USUAL_PORT);
    if (endpoint.host().equals("0.0.0.0") || endpoint.host().equals("::")) {
      throw new IllegalArgumentException(
          "--address is where the other node reaches this one, not " + endpoint.host());
    }
    if (endpoint.port() == 0) {
      throw new IllegalArgumentException("--address needs a certain port, not 0");
    }
    return endpoint;
  }

  private static boolean isPlainV6(String address) {
    return !address.startsWith("[") && address.indexOf(':') != address.lastIndexOf(':');
  }

  /** A place that is not there yet is taken for a directory, unless it ends in {@code .yaml}. */
  static Path nodeFile(Path place) {
    return isFile(place) ? place : place.resolve(ConfigReader.NODE_FILE);
  }

  static Path clusterFile(Path place) {
    return isFile(place)
        ? place.resolveSibling(ConfigReader.CLUSTER_FILE)
        : place.resolve(ConfigReader.CLUSTER_FILE);
  }

  private static boolean isFile(Path place) {
    return !Files.isDirectory(place) && place.toString().endsWith(".yaml");
  }

  /** What must be added to the next commands when the configuration is not in the usual place. */
  static String configOption(Path place) {
    return place.equals(USUAL_PLACE) ? "" : " --config " + place;
  }
}
