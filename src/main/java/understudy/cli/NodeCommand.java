package understudy.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import understudy.config.Configuration;
import understudy.linux.BootTime;
import understudy.linux.HangUp;
import understudy.node.Node;
import understudy.node.StartException;
import understudy.node.Urgency;

/** {@code understudy node}: runs the daemon until it is told to stop. */
@Command(
    name = "node",
    description =
        "Run the daemon of this machine; TERM hands the role over before it ends, HUP reads the files again.")
public final class NodeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);

  /** The service manager kills it after 90 s, {@code TimeoutStopSec}; closing takes seconds. */
  private static final Duration HAND_OVER_WITHIN = Duration.ofSeconds(75);

  private static final int BROKEN = 70;

  /** What to do about another node. */
  enum Wish {
    REMOVE,
    REPLACE;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Invocation invocation;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "remove|replace",
      description = "Instead of running: revoke another node; replace also invites its successor.")
  private @Nullable Wish wish;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The other node.")
  private @Nullable String name;

  public NodeCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    return wish == null ? run() : new Successor(invocation).of(wish == Wish.REPLACE, name);
  }

  private int run() throws Failure, InterruptedException {
    Configuration configuration = invocation.configuration();
    Urgency.ofThisProcess();
    var ended = new CountDownLatch(1);
    var code = new AtomicInteger();
    Node node;
    try {
      node =
          new Node(
              configuration,
              new BootTime(),
              () -> {
                code.set(BROKEN);
                ended.countDown();
              });
    } catch (StartException refused) {
      throw new Failure(ExitCode.FAILED, String.valueOf(refused.getMessage()), "see the log above");
    }
    HangUp.onSignal(node::reload);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("ends").unstarted(() -> end(node, code.get() == 0)));
    ended.await();
    return code.get();
  }

  /** Told to stop: the role goes first. After a bug there is nobody to decide that. */
  private static void end(Node node, boolean inOrder) {
    try {
      if (inOrder) {
        node.handOver(HAND_OVER_WITHIN);
      }
    } catch (InterruptedException stopping) {
      LOG.warn("the handover was interrupted");
    } finally {
      node.close();
    }
  }
}
