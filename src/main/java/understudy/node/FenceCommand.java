package understudy.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.FailoverConfig;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.resource.program.Program;

/**
 * Runs the fence command and reports how it ended. One thread, so that it never runs twice at once.
 */
final class FenceCommand implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FenceCommand.class);

  private final Supplier<Optional<FailoverConfig.Fence>> configured;
  private final NodeName self;
  private final Inbox inbox;
  private final ExecutorService one =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("fences").daemon().factory());

  FenceCommand(Supplier<Optional<FailoverConfig.Fence>> configured, NodeName self, Inbox inbox) {
    this.configured = configured;
    this.self = self;
    this.inbox = inbox;
  }

  /** Returns at once; the end comes as an input. */
  void strike(NodeName peer) {
    one.execute(
        () -> {
          Optional<String> trouble = trouble(peer);
          inbox.insist(at -> new Input.PeerFenced(at, peer, trouble));
        });
  }

  private Optional<String> trouble(NodeName peer) {
    Optional<FailoverConfig.Fence> fence = configured.get();
    if (fence.isEmpty()) {
      return Optional.of("no fence command is configured on this node");
    }
    List<String> command = fence.get().command();
    var environment = Map.of("UNDERSTUDY_PEER", peer.value(), "UNDERSTUDY_NODE", self.value());
    LOG.warn("fences {}: {}", peer, command);
    try {
      Program.Result result =
          new Program(command, Optional.empty(), environment, false, Optional.empty())
              .run(fence.get().within());
      return result.isSuccess() ? Optional.empty() : Optional.of(command + " " + result.text());
    } catch (InterruptedException stopping) {
      return Optional.of("this daemon ends");
    } catch (RuntimeException | Error bug) { // without an answer the takeover would wait for ever
      LOG.error("the fence command could not be run: this is a bug", bug);
      return Optional.of("it could not be run: " + bug);
    }
  }

  @Override
  public void close() {
    one.shutdownNow();
  }
}
