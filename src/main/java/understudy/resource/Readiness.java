package understudy.resource;

import java.util.Optional;

/**
 * One thing that this machine must have or be for a resource, and whether it is so.
 *
 * @param name what was looked at, such as {@code interface eth0}
 * @param fix what to do; empty when nothing is to be done
 */
public record Readiness(String name, Result result, String evidence, Optional<String> fix) {

  /** What a look found; {@code FAIL} alone keeps the resource from starting. */
  public enum Result {
    PASS,
    WARN,
    FAIL,
    NOT_CHECKED
  }

  public static Readiness pass(String name, String evidence) {
    return new Readiness(name, Result.PASS, evidence, Optional.empty());
  }

  public static Readiness warn(String name, String evidence, String fix) {
    return new Readiness(name, Result.WARN, evidence, Optional.of(fix));
  }

  public static Readiness fail(String name, String evidence, String fix) {
    return new Readiness(name, Result.FAIL, evidence, Optional.of(fix));
  }

  public static Readiness notChecked(String name, String evidence) {
    return new Readiness(name, Result.NOT_CHECKED, evidence, Optional.empty());
  }
}
