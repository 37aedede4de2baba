package understudy.config;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.failover.OnFailure;

/** Reads the {@code failover:} section; a profile gives the timing, single keys override it. */
final class FailoverReader {
  static final List<String> KEYS =
      List.of(
          "profile",
          "arbiter",
          "drift",
          "round-trip",
          "failsafe",
          "etcd",
          "zookeeper",
          "heartbeat",
          "primary-timeout",
          "lease",
          "on-failure",
          "connectivity-test",
          "max-loss",
          "start-within",
          "stop-within",
          "sync-within",
          "failback");
  private static final List<String> HEARTBEAT_KEYS = List.of("interval", "failures", "recheck");

  /** Lease as a share of the primary timeout, so that the holder stops before another starts. */
  private static final int LEASE_PERCENT = 65;

  private record Profile(Duration interval, int failures, Duration primaryTimeout) {}

  private static final Profile USUAL = new Profile(ofMillis(500), 4, ofSeconds(3));
  private static final Map<String, Profile> PROFILES =
      Map.of(
          "default", USUAL,
          "fast", new Profile(ofMillis(100), 4, ofSeconds(1)),
          "patient", new Profile(ofSeconds(10), 6, ofSeconds(180)));
  private static final List<String> PROFILE_WORDS = List.of("default", "fast", "patient");
  private static final List<String> ON_FAILURE_WORDS = List.of("promote", "ask", "keep-standby");

  private FailoverReader() {}

  /** What a lease is when nobody says: with it a dead host is taken over at the primary timeout. */
  static Duration usualLease(Duration primaryTimeout) {
    return primaryTimeout.multipliedBy(LEASE_PERCENT).dividedBy(100);
  }

  /** Reads the section, or takes all defaults when {@code section} is empty. */
  static FailoverConfig read(Optional<Section> section, Mistakes mistakes) {
    Section failover = section.orElse(Section.empty("failover", mistakes));
    Profile profile =
        failover
            .find("profile")
            .flatMap(value -> value.word(PROFILE_WORDS))
            .map(PROFILES::get)
            .orElse(USUAL);
    Section heartbeat =
        failover
            .section("heartbeat", HEARTBEAT_KEYS)
            .orElse(Section.empty("failover.heartbeat", mistakes));
    Duration interval =
        heartbeat.duration("interval", ofMillis(20), ofMinutes(5), profile.interval());
    Duration primaryTimeout =
        failover.duration("primary-timeout", ofMillis(100), ofDays(1), profile.primaryTimeout());
    Duration lease =
        failover.duration("lease", ofMillis(50), ofDays(1), usualLease(primaryTimeout));
    FailoverConfig read =
        new FailoverConfig(
            ArbiterReader.read(failover),
            interval,
            heartbeat.integer("failures", 1, 100, profile.failures()),
            heartbeat.duration("recheck", ofMillis(20), ofHours(1), interval),
            primaryTimeout,
            lease,
            onFailure(failover),
            connectivityTest(failover),
            failover.find("max-loss").flatMap(value -> value.duration(ofSeconds(1), ofDays(365))),
            failover.duration("start-within", ofSeconds(1), ofHours(1), ofSeconds(60)),
            failover.duration("stop-within", ofSeconds(1), ofHours(1), ofSeconds(30)),
            failover.duration("sync-within", ofSeconds(1), ofDays(1), ofMinutes(5)),
            failback(failover));
    if (mistakes.none()) {
      Timing.check(read, failover, heartbeat);
    }
    return read;
  }

  private static OnFailure onFailure(Section failover) {
    String word =
        failover
            .find("on-failure")
            .flatMap(value -> value.word(ON_FAILURE_WORDS))
            .orElse("promote");
    return switch (word) {
      case "ask" -> OnFailure.ASK;
      case "keep-standby" -> OnFailure.KEEP_STANDBY;
      default -> OnFailure.PROMOTE;
    };
  }

  private static List<String> connectivityTest(Section failover) {
    return failover.find("connectivity-test").map(Value::items).orElse(List.of()).stream()
        .flatMap(item -> item.parsed(FailoverReader::reachable).stream())
        .toList();
  }

  private static String reachable(String text) {
    if (text.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
      return text;
    }
    if (text.matches("[0-9A-Fa-f:.]+") && text.indexOf(':') != text.lastIndexOf(':')) {
      return InetAddress.ofLiteral(text).getHostAddress();
    }
    return Endpoint.parse(text).toString();
  }

  private static Optional<Duration> failback(Section failover) {
    Optional<Value> value = failover.find("failback");
    if (value.isPresent() && value.get().isMap()) {
      return value
          .get()
          .section(List.of("after"))
          .flatMap(section -> section.require("after", "10m"))
          .flatMap(after -> after.duration(Duration.ZERO, ofDays(30)));
    }
    value
        .filter(found -> !found.says("manual"))
        .ifPresent(found -> found.wrong("not accepted here", "write manual or { after: 10m }"));
    return Optional.empty();
  }
}
