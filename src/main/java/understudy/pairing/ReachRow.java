package understudy.pairing;

import io.avaje.jsonb.Json;
import understudy.wire.Reach;

/**
 * What came of trying one address in one direction.
 *
 * @param outcome one or two words, the same everywhere
 */
@Json
public record ReachRow(String from, String to, String at, String outcome, String sentence) {

  static ReachRow of(String from, String to, Reach reach) {
    return new ReachRow(from, to, reach.at().toString(), outcome(reach), reach.sentence());
  }

  static String outcome(Reach reach) {
    return switch (reach) {
      case Reach.Reached reached -> "reached";
      case Reach.Refused refused -> "refused";
      case Reach.TimedOut timedOut -> "timed out";
      case Reach.Unreachable unreachable -> "unreachable";
      case Reach.WrongCertificate wrong -> "wrong certificate";
      case Reach.NotAMember stranger -> "not a member";
      case Reach.OtherCluster other -> "other cluster";
      case Reach.OtherVersion other -> "other version";
      case Reach.Unintelligible foreign -> "not a node";
    };
  }

  public boolean isReached() {
    return outcome.equals("reached");
  }
}
