package understudy.resource.gate;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.FilterElements;
import understudy.linux.FilterElements.Change;
import understudy.resource.Mandate;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.program.Program;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * The traffic gate as an nftables table whose elements the kernel times out, to about 4 ms (its
 * timer tick). The table is made by {@code nft}; refreshes go straight to the kernel.
 */
public final class NftablesGate implements Gate {
  private static final Logger LOG = LoggerFactory.getLogger(NftablesGate.class);
  private static final Duration NFT_WITHIN = Duration.ofSeconds(5);
  private static final int LONGEST_NAME = 60;

  /** The protocol families of packets, as the kernel numbers them: every packet has one. */
  private static final List<byte[]> FAMILIES = List.of(new byte[] {2}, new byte[] {10});

  private final String table;
  private final Protection protection;
  private final Mandate mandate;
  private final FilterElements elements;
  private final ReentrantLock lock = new ReentrantLock();

  /** Set before waiting for the lock, so that whoever has it applies the newest. */
  private volatile State wanted = State.SHUT;

  private boolean isFailing;
  private boolean isReleased;

  /** Why the table is not as the configuration wants it; empty: it was made so. */
  private volatile Optional<Outcome.Failed> trouble = Optional.empty();

  private NftablesGate(
      String table, Protection protection, Mandate mandate, FilterElements elements) {
    this.table = table;
    this.protection = protection;
    this.mandate = mandate;
    this.elements = elements;
  }

  /**
   * The gate for {@code protection} if this machine can have one, else one that says why not. When
   * there is nothing to protect, one that removes what stands.
   *
   * @param id tells the gates on one machine apart: cluster, and node where several share a machine
   */
  public static Gate of(String id, Protection protection, Clock clock) throws InterruptedException {
    String name = "understudy_" + id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
    String table = name.substring(0, Math.min(LONGEST_NAME, name.length()));
    if (protection.isEmpty()) {
      return new UnwantedGate(table);
    }
    Program.Result listed = Program.of("nft", "list", "tables").run(NFT_WITHIN);
    if (listed instanceof Program.Result.NotStarted) {
      return AbsentGate.notAvailable(
          "the program nft is missing", "install the package nftables, then restart the daemon");
    }
    if (!listed.isSuccess()) {
      return AbsentGate.notAvailable(
          "nft " + listed.text(), "run the daemon as root (or with CAP_NET_ADMIN)");
    }
    try {
      return new NftablesGate(table, protection, new Mandate(clock), new FilterElements(table));
    } catch (IOException refused) {
      return AbsentGate.notAvailable(
          String.valueOf(refused.getMessage()), "load the kernel module nf_tables");
    }
  }

  @Override
  public Outcome ensure() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      return make();
    } finally {
      lock.unlock();
    }
  }

  private Outcome make() throws InterruptedException {
    Outcome made = tryToMake();
    trouble = made instanceof Outcome.Failed failed ? Optional.of(failed) : Optional.empty();
    return made;
  }

  private Outcome tryToMake() throws InterruptedException {
    Program.Result made = nft(GateScript.ensure(table, protection));
    if (!made.isSuccess()) {
      made = nft(GateScript.replace(table, protection));
    }
    return made.isSuccess()
        ? new Outcome.Done("traffic gate stands as nftables table " + table)
        : failed("make", "nft " + made.text());
  }

  private static Program.Result nft(String script) throws InterruptedException {
    return Program.of("nft", "-f", "-").reading(script).run(NFT_WITHIN);
  }

  /** Removes the table of that name if it is there. */
  static Outcome remove(String table) throws InterruptedException {
    try (FilterElements looked = new FilterElements(table)) {
      if (!looked.isTablePresent()) {
        return new Outcome.Done("no traffic gate stands");
      }
    } catch (IOException refused) {
      LOG.debug("who may not look at nftables has made no table: {}", refused.getMessage());
      return new Outcome.Done("no traffic gate of this program stands");
    }
    Program.Result removed = nft(GateScript.remove(table));
    if (!removed.isSuccess()) {
      return new Outcome.Failed(
          "nftables table "
              + table
              + " of a gate that is not wanted any more drops traffic and cannot be removed: nft "
              + removed.text(),
          "as root: nft delete table inet " + table);
    }
    LOG.info("traffic gate: removed nftables table {}, nothing is to be gated any more", table);
    return new Outcome.Done("traffic gate removed");
  }

  private static Outcome failed(String verb, String reason) {
    return new Outcome.Failed(
        "cannot " + verb + " the traffic gate: " + reason,
        "see 'nft list ruleset' and whether the daemon runs as root");
  }

  @Override
  public Outcome move(State state) throws InterruptedException {
    if (state != State.SHUT && !mandate.isValid()) {
      return failed(word(state), "there is no valid mandate");
    }
    wanted = state;
    lock.lockInterruptibly();
    try {
      if (isReleased) {
        return released();
      }
      apply();
    } catch (IOException refused) {
      Outcome raised = raise();
      if (!raised.isDone()) {
        return raised;
      }
    } finally {
      lock.unlock();
    }
    return new Outcome.Done("traffic gate: " + word(state));
  }

  private static Outcome released() {
    return new Outcome.Done("this traffic gate is not in use any more");
  }

  /** Makes the table again and puts back what passes now. */
  private Outcome raise() throws InterruptedException {
    Outcome made = make();
    if (!made.isDone()) {
      return made;
    }
    try {
      apply();
      return made;
    } catch (IOException refused) {
      return failed(word(wanted), String.valueOf(refused.getMessage()));
    }
  }

  private static String word(State state) {
    return switch (state) {
      case OPEN -> "open";
      case HOLD -> "hold";
      case SHUT -> "shut";
    };
  }

  /** Makes the kernel's elements what is wanted and mandated at this instant. */
  private void apply() throws IOException {
    Duration remaining = mandate.remaining();
    State state = remaining.isPositive() ? wanted : State.SHUT;
    elements.apply(
        switch (state) {
          case OPEN ->
              List.of(
                  new Change.Put(GateScript.OPEN, FAMILIES, remaining),
                  new Change.Remove(GateScript.HOLD, FAMILIES));
          case HOLD ->
              List.of(
                  new Change.Put(GateScript.HOLD, FAMILIES, remaining),
                  new Change.Remove(GateScript.OPEN, FAMILIES));
          case SHUT ->
              List.of(
                  new Change.Remove(GateScript.OPEN, FAMILIES),
                  new Change.Remove(GateScript.HOLD, FAMILIES));
        });
    if (state != State.SHUT && !mandate.isValid()) {
      // this process was stopped between taking the time and telling the kernel
      apply();
    }
  }

  @Override
  public State state() {
    return mandate.isValid() ? wanted : State.SHUT;
  }

  @Override
  public void extend(Moment until) {
    mandate.extend(until);
    // whoever is at the gate now may be waiting for nft; the next extension is not far
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (wanted != State.SHUT && !isReleased) {
        apply();
      }
      isFailing = false;
    } catch (IOException refused) {
      if (!isFailing) {
        LOG.error(
            "traffic gate: cannot refresh, so it shuts when the mandate ends: {}",
            refused.getMessage());
      }
      isFailing = true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Outcome inspect() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (isReleased) {
        return released();
      }
      if (trouble.isPresent()) {
        return raise();
      }
      if (elements.isTablePresent()) {
        return new Outcome.Done("traffic gate stands");
      }
      LOG.warn("traffic gate: somebody removed nftables table {}; raised again", table);
      return raise();
    } catch (IOException refused) {
      return failed("look at", String.valueOf(refused.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Readiness> readiness() {
    String name = "traffic gate";
    Optional<Outcome.Failed> failed = trouble;
    if (failed.isPresent()) {
      return List.of(Readiness.fail(name, failed.get().reason(), failed.get().fix()));
    }
    try {
      return List.of(
          elements.isTablePresent()
              ? Readiness.pass(name, "nftables table " + table + " stands, " + word(state()))
              : Readiness.fail(
                  name,
                  "nftables table " + table + " is missing",
                  "it is raised again within a second; find out what removes it"));
    } catch (IOException refused) {
      return List.of(
          Readiness.fail(name, String.valueOf(refused.getMessage()), "run the daemon as root"));
    }
  }

  @Override
  public void release() {
    lock.lock();
    try {
      isReleased = true;
      elements.close();
    } finally {
      lock.unlock();
    }
  }
}
