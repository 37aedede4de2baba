package understudy.config;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import understudy.config.StoreConfig.Login;

/** Reads {@code failover.arbiter} and the keys that belong to one arbiter only. */
final class ArbiterReader {
  private static final List<String> WORDS = List.of("peer", "majority", "lease");
  private static final List<String> ETCD_KEYS =
      List.of("endpoints", "key", "ca", "certificate", "certificate-key", "user", "password");
  private static final List<String> ZOOKEEPER_KEYS = List.of("servers", "key", "user", "password");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,2}(?:\\.\\d)?)\\s?%");
  private static final Pattern KEY = Pattern.compile("(/[A-Za-z0-9][A-Za-z0-9._-]*){1,8}");
  private static final int USUAL_DRIFT_PERMILLE = 10;
  private static final int MOST_DRIFT_PERMILLE = 200;
  private static final Duration USUAL_ROUND_TRIP = ofMillis(100);
  private static final int MOST_SERVERS = 16;
  private static final int ETCD_PORT = 2379;
  private static final int ZOOKEEPER_PORT = 2181;

  private ArbiterReader() {}

  static ArbiterConfig read(Section failover) {
    String word = failover.find("arbiter").flatMap(value -> value.word(WORDS)).orElse("peer");
    int drift =
        failover
            .find("drift")
            .flatMap(value -> value.parsed(ArbiterReader::permille))
            .orElse(USUAL_DRIFT_PERMILLE);
    Duration roundTrip =
        failover.duration("round-trip", ofMillis(1), ofSeconds(60), USUAL_ROUND_TRIP);
    boolean failsafe =
        failover
            .find("failsafe")
            .flatMap(value -> value.word(List.of("on", "off")))
            .filter("on"::equals)
            .isPresent();
    Optional<StoreConfig> etcd = failover.section("etcd", ETCD_KEYS).map(ArbiterReader::etcd);
    Optional<StoreConfig> zookeeper =
        failover.section("zookeeper", ZOOKEEPER_KEYS).map(ArbiterReader::zookeeper);
    switch (word) {
      case "majority" -> {
        outOfPlace(failover, List.of("failsafe", "etcd", "zookeeper"), "lease");
        return new ArbiterConfig.Majority(drift, roundTrip);
      }
      case "lease" -> {
        if (etcd.isPresent() == zookeeper.isPresent()) {
          failover
              .find(etcd.isPresent() ? "zookeeper" : "arbiter")
              .orElse(failover.self())
              .wrong(
                  etcd.isPresent()
                      ? "the key lies in one store: there are both etcd and zookeeper"
                      : "the arbiter lease needs a store",
                  etcd.isPresent()
                      ? "keep one"
                      : "write etcd: { endpoints: [https://10.0.0.21:2379] } beside it");
          return new ArbiterConfig.Peer();
        }
        return new ArbiterConfig.Lease(
            drift, roundTrip, failsafe, etcd.or(() -> zookeeper).orElseThrow());
      }
      default -> {
        outOfPlace(failover, List.of("drift", "round-trip"), "majority or lease");
        outOfPlace(failover, List.of("failsafe", "etcd", "zookeeper"), "lease");
        return new ArbiterConfig.Peer();
      }
    }
  }

  /** A key that does nothing would look as if it did. */
  private static void outOfPlace(Section failover, List<String> keys, String arbiter) {
    for (String key : keys) {
      failover
          .find(key)
          .ifPresent(
              value ->
                  value.wrong(
                      "'" + key + "' belongs to the arbiter " + arbiter,
                      "write arbiter: " + arbiter + ", or leave it out"));
    }
  }

  private static int permille(String text) {
    Matcher matcher = PERCENT.matcher(text);
    if (matcher.matches()) {
      int permille = new BigDecimal(matcher.group(1)).movePointRight(1).intValueExact();
      if (permille >= 1 && permille <= MOST_DRIFT_PERMILLE) {
        return permille;
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not accepted; write a share such as 1%, from 0.1% to 20%");
  }

  private static StoreConfig etcd(Section etcd) {
    List<URI> endpoints =
        etcd
            .require("endpoints", "[https://10.0.0.21:2379]")
            .map(Value::items)
            .orElse(List.of())
            .stream()
            .flatMap(item -> item.parsed(ArbiterReader::endpoint).stream())
            .toList();
    count(etcd, "endpoints", endpoints.size());
    Optional<Path> certificate = file(etcd, "certificate");
    Optional<Path> key = file(etcd, "certificate-key");
    if (etcd.has("certificate") != etcd.has("certificate-key")) {
      etcd.self().wrong("certificate and certificate-key come together", "write both, or neither");
    }
    boolean plain = endpoints.stream().anyMatch(at -> "http".equals(at.getScheme()));
    if (plain && (etcd.has("ca") || etcd.has("certificate"))) {
      etcd.find("endpoints")
          .ifPresent(value -> value.wrong("http has no certificates", "write https://…"));
    }
    if (plain && etcd.has("password")) {
      etcd.find("endpoints")
          .ifPresent(
              value -> value.doubtful("the password crosses the network in clear", "use https"));
    }
    return new StoreConfig.Etcd(
        endpoints, key(etcd), file(etcd, "ca"), certificate, key, login(etcd));
  }

  private static StoreConfig zookeeper(Section zookeeper) {
    List<Endpoint> servers =
        zookeeper
            .require("servers", "[10.0.0.21:2181]")
            .map(Value::items)
            .orElse(List.of())
            .stream()
            .flatMap(item -> item.parsed(ArbiterReader::server).stream())
            .toList();
    count(zookeeper, "servers", servers.size());
    return new StoreConfig.ZooKeeper(servers, key(zookeeper), login(zookeeper));
  }

  private static void count(Section section, String key, int count) {
    section
        .find(key)
        .filter(value -> value.isList() && (count == 0 || count > MOST_SERVERS))
        .ifPresent(value -> value.wrong("write 1 to " + MOST_SERVERS + " of them", ""));
  }

  private static URI endpoint(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address; write https://HOST:" + ETCD_PORT, malformed);
    }
    boolean fits =
        ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            && uri.getHost() != null
            && uri.getPort() > 0
            && (uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/"))
            && uri.getUserInfo() == null
            && uri.getQuery() == null;
    if (!fits) {
      throw new IllegalArgumentException(
          "'" + text + "' is not accepted; write https://HOST:" + ETCD_PORT);
    }
    return URI.create(uri.getScheme() + "://" + uri.getAuthority());
  }

  private static Endpoint server(String text) {
    return Endpoint.parse(
        text.matches(".*:\\d+") || text.contains("[") ? text : text + ":" + ZOOKEEPER_PORT);
  }

  private static Optional<String> key(Section section) {
    return section
        .find("key")
        .flatMap(
            value ->
                value.parsed(
                    text -> {
                      if (KEY.matcher(text).matches()) {
                        return text;
                      }
                      throw new IllegalArgumentException(
                          "'"
                              + text
                              + "' is not accepted; write a path such as /understudy/ledger");
                    }));
  }

  private static Optional<Path> file(Section section, String key) {
    return section.find(key).flatMap(value -> value.parsed(Names::absolute));
  }

  private static Optional<Login> login(Section section) {
    if (section.has("user") != section.has("password")) {
      section.self().wrong("user and password come together", "write both, or neither");
    }
    Optional<String> user = section.find("user").flatMap(Value::text);
    Optional<Path> password =
        section.find("password").flatMap(value -> value.parsed(ArbiterReader::secret));
    return user.flatMap(name -> password.map(file -> new Login(name, file)));
  }

  private static Path secret(String text) {
    if (!text.startsWith("file:")) {
      throw new IllegalArgumentException(
          "a password never stands in the document; write \"file:/etc/understudy/PASSWORD-FILE\"");
    }
    return Names.absolute(text.substring("file:".length()));
  }
}
