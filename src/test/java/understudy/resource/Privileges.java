package understudy.resource;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a test needs from the machine; without it the test is not run, in CI it fails. */
public final class Privileges {
  private Privileges() {}

  public static void require(boolean isGiven, String what) {
    if (isGiven) {
      return;
    }
    if ("true".equals(System.getenv("CI"))) {
      Assertions.fail("CI must run every test, and this one needs " + what);
    }
    Assumptions.abort("not run: needs " + what);
  }

  public static void requireRoot() {
    require("root".equals(System.getProperty("user.name")), "root");
  }
}
