package understudy.pairing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import understudy.failover.Designation;
import understudy.wire.Member;
import understudy.wire.Release;

/** What the inviting node compares between itself and the machine that asks to join. */
final class MachineChecks {
  private static final Duration CLOCKS_WARN = Duration.ofSeconds(1);
  private static final Duration CLOCKS_FAIL = Duration.ofSeconds(60);

  private final String inviter;
  private final String joiner;

  MachineChecks(String inviter, String joiner) {
    this.inviter = inviter;
    this.joiner = joiner;
  }

  Check versions(Release ours, String theirs) {
    return ours.version().equals(theirs)
        ? Check.pass("versions", joiner, "both run " + theirs)
        : Check.fail(
            "versions",
            joiner,
            inviter + " runs " + ours + ", " + joiner + " runs " + theirs,
            "install the same release on both machines");
  }

  /**
   * Compares wall clocks; the time on the wire is part of the difference and far below the limits.
   */
  Check clocks(long ourMillis, long theirMillis) {
    Duration offset = Duration.ofMillis(Math.subtractExact(theirMillis, ourMillis));
    Duration size = offset.abs();
    String evidence =
        joiner
            + "'s clock is "
            + seconds(size)
            + (offset.isNegative() ? " behind " : " ahead of ")
            + inviter
            + "'s";
    if (size.compareTo(CLOCKS_FAIL) > 0) {
      return Check.fail("clocks", joiner, evidence, "set the clocks by NTP, then join again");
    }
    return size.compareTo(CLOCKS_WARN) > 0
        ? Check.warn("clocks", joiner, evidence, "let NTP run on both machines")
        : Check.pass("clocks", joiner, evidence);
  }

  Check designations(Designation ours, List<Member> others, Designation theirs) {
    List<String> primaries = new ArrayList<>();
    if (ours == Designation.PRIMARY) {
      primaries.add(inviter);
    }
    others.stream()
        .filter(member -> member.designation() == Designation.PRIMARY)
        .forEach(member -> primaries.add(member.name().value()));
    return theirs == Designation.PRIMARY && !primaries.isEmpty()
        ? Check.fail(
            "designation",
            joiner,
            primaries.getFirst() + " is designated primary already",
            "join with --designation secondary")
        : Check.pass("designation", joiner, joiner + " is designated " + theirs.word());
  }

  /** The way that the asking machine came in by is proven by its question. */
  Check forth() {
    return Check.pass(
        "reach " + inviter, joiner, joiner + " reached " + inviter + " and its certificate");
  }

  Check back(ReachRow row) {
    String name = "reach " + joiner;
    return row.isReached()
        ? Check.pass(name, inviter, inviter + " reached " + joiner + " at " + row.at())
        : Check.fail(
            name,
            inviter,
            row.outcome() + ": " + row.sentence(),
            "open port "
                + row.at().substring(row.at().lastIndexOf(':') + 1)
                + " (TCP and UDP) on "
                + joiner
                + " for "
                + inviter
                + ", or give --address as "
                + inviter
                + " can reach it");
  }

  private static String seconds(Duration duration) {
    return duration.compareTo(Duration.ofMinutes(2)) < 0
        ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
        : duration.toMinutes() + " min";
  }
}
