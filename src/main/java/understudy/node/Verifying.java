package understudy.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.DataAction;
import understudy.api.DataQuestion;
import understudy.api.DataViews;
import understudy.api.Views.Operation;
import understudy.failover.NodeName;
import understudy.linux.PromptStart;
import understudy.sync.ScrubReport;
import understudy.sync.SyncEngine;
import understudy.sync.SyncRefused;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Proves that the nodes have the same: by the roots of their generations, and on request by reading
 * everything again on each of them.
 */
final class Verifying {
  private static final Logger LOG = LoggerFactory.getLogger(Verifying.class);
  private static final int MOST_SHOWN = 100;
  private static final long NONE = 0;

  private final NodeName self;
  private final SyncEngine engine;
  private final SyncDriver sync;
  private final Operations operations;
  private final PeerCalls calls;
  private final Members members;
  private final DataLook look;
  private final AtomicLong underWay = new AtomicLong(NONE);

  Verifying(
      NodeName self,
      SyncEngine engine,
      SyncDriver sync,
      Operations operations,
      PeerCalls calls,
      Members members,
      DataLook look) {
    this.self = self;
    this.engine = engine;
    this.sync = sync;
    this.operations = operations;
    this.calls = calls;
    this.members = members;
    this.look = look;
  }

  Operation begin(
      DataAction action, String by, Optional<String> key, boolean isForwarded, DataDeeds deeds) {
    List<String> datasets = action.dataset() == null ? sync.datasets() : List.of(action.dataset());
    if (!sync.datasets().containsAll(datasets)) {
      throw new IllegalArgumentException("there is no dataset '" + action.dataset() + "'");
    }
    long operation = operations.begin("verify", key);
    if (!DataAction.isTrue(action.read())) {
      return roots(datasets, operation);
    }
    if (!underWay.compareAndSet(NONE, operation)) {
      return operations.end(
          operation,
          "refused",
          "busy",
          "a verification is under way here: operation " + Operations.id(underWay.get()),
          "wait for it to end");
    }
    List<Operation> elsewhere = new ArrayList<>();
    if (!isForwarded) {
      for (Member peer : members.peers()) {
        elsewhere.add(deeds.forward(peer, action, by, Optional.empty()));
      }
    }
    PromptStart.start(
        Thread.ofPlatform().daemon().name("verifies"),
        () -> read(datasets, action, operation, elsewhere, deeds));
    return operations.numbered(operation);
  }

  /** Compares roots; every byte of equal roots is equal, as far as the trees are what they were. */
  private Operation roots(List<String> datasets, long operation) {
    Map<String, List<DataViews.Head>> heads = new LinkedHashMap<>();
    List<String> silent = new ArrayList<>();
    try {
      add(heads, look.answer(DataQuestion.of(DataQuestion.Topic.HEADS)));
    } catch (IOException failed) {
      return operations.end(
          operation, "failed", "input-output", String.valueOf(failed.getMessage()), null);
    }
    for (Member peer : members.peers()) {
      try {
        add(heads, calls.ask(peer, DataQuestion.of(DataQuestion.Topic.HEADS).alone()));
      } catch (IOException unreachable) {
        silent.add(peer.name() + " (" + unreachable.getMessage() + ")");
      }
    }
    boolean isSame = true;
    for (String dataset : datasets) {
      List<DataViews.Head> all = heads.getOrDefault(dataset, List.of());
      boolean equal = all.stream().map(DataViews.Head::root).distinct().count() == 1;
      isSame &= equal && all.size() > 1;
      for (DataViews.Head head : all) {
        operations.step(
            operation,
            "%s on %s: root %s, %d files, %d bytes, of %s"
                .formatted(
                    dataset,
                    head.node(),
                    head.root() == null ? "none" : head.root().substring(0, 16),
                    head.files(),
                    head.bytes(),
                    head.capturedAt()));
      }
    }
    if (!silent.isEmpty()) {
      return operations.end(
          operation,
          "failed",
          "peer-unreachable",
          "not compared with " + String.join(", ", silent),
          "look at: understudy pair test");
    }
    return isSame
        ? operations.end(
            operation, "done", null, "the roots are equal: " + String.join(", ", datasets), null)
        : operations.end(
            operation,
            "failed",
            "differs",
            "the roots are not equal; while data is being written the standby is a moment behind",
            "run: understudy sync now, and again; what differs: understudy sync verify --read");
  }

  private static void add(Map<String, List<DataViews.Head>> heads, DataViews.Answer answer) {
    for (DataViews.Head head : answer.heads()) {
      heads.computeIfAbsent(head.dataset(), _ -> new ArrayList<>()).add(head);
    }
  }

  private void read(
      List<String> datasets,
      DataAction action,
      long operation,
      List<Operation> elsewhere,
      DataDeeds deeds) {
    try {
      List<String> bad = new ArrayList<>();
      List<String> good = new ArrayList<>();
      for (String dataset : datasets) {
        ScrubReport report = scrub(dataset, rate(action), operation);
        (report.isClean() ? good : bad).add(sentence(report));
        report.found().stream()
            .limit(MOST_SHOWN)
            .forEach(
                one -> operations.step(operation, dataset + ": " + one.path() + " " + one.what()));
        if (!report.isClean()) {
          deeds.decide("DATA_DAMAGED", sentence(report), paths(report));
          if (DataAction.isTrue(action.repair())) {
            bad.add(repair(dataset, report));
          }
        }
      }
      for (Operation other : elsewhere) {
        operations.step(operation, "on the other node: operation " + other.id());
      }
      boolean isRepaired = DataAction.isTrue(action.repair());
      String all = String.join("; ", bad.isEmpty() ? good : bad);
      operations.end(
          operation,
          bad.isEmpty() || isRepaired ? "done" : "failed",
          bad.isEmpty() || isRepaired ? null : "damaged",
          self + ": " + all,
          bad.isEmpty() || isRepaired
              ? null
              : "put it right: understudy sync verify --read --repair");
    } catch (SyncRefused refused) {
      operations.end(
          operation,
          "failed",
          DataDesk.word(refused),
          String.valueOf(refused.getMessage()),
          refused.fix());
    } catch (IOException failed) {
      operations.end(
          operation, "failed", "input-output", String.valueOf(failed.getMessage()), null);
    } catch (RuntimeException bug) {
      LOG.error("a verification broke: this is a bug", bug);
      operations.end(operation, "failed", "bug", String.valueOf(bug.getMessage()), null);
    } finally {
      underWay.set(NONE);
    }
  }

  /** Reads everything of that dataset on this node again, and says in the history what is wrong. */
  void scheduled(String dataset, DataDeeds deeds) {
    try {
      ScrubReport report = engine.scrub(dataset, Scrubs.BYTES_PER_SECOND, (_, _) -> {});
      deeds.decide(
          report.isClean() ? "DATA_VERIFIED" : "DATA_DAMAGED", sentence(report), paths(report));
    } catch (IOException failed) {
      LOG.warn("dataset {} could not be verified: {}", dataset, failed.getMessage());
    }
  }

  private static long rate(DataAction action) {
    return action.bytesPerSecond() == null ? Scrubs.BYTES_PER_SECOND : action.bytesPerSecond();
  }

  private ScrubReport scrub(String dataset, long rate, long operation) throws IOException {
    long[] told = {0};
    return engine.scrub(
        dataset,
        rate,
        (entries, bytes) -> {
          if (bytes - told[0] > TELL_EVERY_BYTES) {
            told[0] = bytes;
            operations.progress(
                operation,
                "reading %s: %d entries, %d MiB".formatted(dataset, entries, bytes >> 20),
                null);
          }
        });
  }

  private static final long TELL_EVERY_BYTES = 16L << 20;

  private static String sentence(ScrubReport report) {
    return report.isClean()
        ? "%s: all %d files are as they should be (%d bytes read)"
            .formatted(report.dataset(), report.files(), report.bytes())
        : "%s: %d of what was read is not as it should be, first '%s' (%s)"
            .formatted(
                report.dataset(),
                report.foundCount(),
                report.found().getFirst().path(),
                report.found().getFirst().what());
  }

  private static List<String> paths(ScrubReport report) {
    return report.found().stream().limit(20).map(one -> one.path() + " " + one.what()).toList();
  }

  /** A standby fetches what is damaged again; what it had is kept. */
  private String repair(String dataset, ScrubReport report) throws IOException {
    if (sync.follower(dataset).source().isEmpty()) {
      return "nothing to repair it from: this node follows nobody; restore single paths from the"
          + " standby: understudy salvage restore --at NOW PATH";
    }
    var paths = new TreeSet<understudy.sync.plan.TreePath>();
    report.found().forEach(one -> paths.add(one.path()));
    engine.distrust(dataset, paths);
    sync.questions().permitForeign(dataset);
    var results = sync.syncNow(List.of(dataset), java.time.Duration.ofHours(24));
    return "repaired from the source: " + Runs.sentence(results.getFirst());
  }
}
