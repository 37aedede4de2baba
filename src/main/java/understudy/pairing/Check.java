package understudy.pairing;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * One thing looked at before two machines are paired.
 *
 * @param node where it was looked at
 * @param result {@code pass}, {@code warn}, {@code fail} or {@code not checked}
 * @param fix what to do; null when nothing is to be done
 */
@Json
public record Check(
    String name, String node, String result, String evidence, @Nullable String fix) {

  static Check pass(String name, String node, String evidence) {
    return new Check(name, node, "pass", evidence, null);
  }

  static Check warn(String name, String node, String evidence, String fix) {
    return new Check(name, node, "warn", evidence, fix);
  }

  static Check fail(String name, String node, String evidence, String fix) {
    return new Check(name, node, "fail", evidence, fix);
  }

  static Check notChecked(String name, String node, String evidence) {
    return new Check(name, node, "not checked", evidence, null);
  }

  public boolean isFailed() {
    return result.equals("fail");
  }
}
