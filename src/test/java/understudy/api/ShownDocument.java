package understudy.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A cluster document that is kept in memory; the word "mistake" makes one invalid, "arbiter" one
 * that waits for a stop of the daemons.
 */
public final class ShownDocument implements DocumentCalls {
  private String text = "cluster: { name: ledger }\n";
  private long revision = 7;

  private String hash() {
    return Integer.toHexString(text.hashCode());
  }

  @Override
  public Views.Document document() {
    return new Views.Document(
        text,
        hash(),
        revision,
        Instant.EPOCH,
        "olga",
        List.of(new Views.DocumentOn("beta", true)),
        null);
  }

  @Override
  public Views.DocumentChange change(
      String fresh, Optional<String> expected, String by, boolean dryRun) throws Refused {
    if (expected.isPresent() && !expected.get().equals(hash())) {
      throw new Refused(Refused.Why.CHANGED, "revision 7 by olga", "read it again");
    }
    if (fresh.contains("mistake")) {
      throw new Refused(Refused.Why.INVALID, "document:1:1: a mistake", "nothing was changed");
    }
    if (fresh.contains("arbiter")) {
      throw new Refused(Refused.Why.NOT_WHILE_RUNNING, "not while they run", "stop all daemons");
    }
    if (!dryRun) {
      text = fresh;
      revision++;
    }
    return new Views.DocumentChange(
        dryRun ? "planned" : "done", revision, hash(), List.of("+ " + by), List.of(), List.of());
  }
}
