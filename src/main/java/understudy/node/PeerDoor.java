package understudy.node;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import understudy.failover.Designation;
import understudy.failover.Situation;
import understudy.failover.State;
import understudy.failover.Term;
import understudy.heartbeat.Heartbeats;
import understudy.linux.PromptStart;
import understudy.sync.SyncEngine;
import understudy.wire.PeerAcceptor;
import understudy.wire.PeerConnection;
import understudy.wire.Purpose;
import understudy.wire.Release;

/** Sends each stream that a member opened to whom it is for. */
final class PeerDoor implements PeerAcceptor {
  private final Loop loop;
  private final Heartbeats heartbeats;
  private final SyncEngine engine;
  private final SyncDriver sync;
  private final PeerCalls calls;
  private final PeerCalls.Desk desk;
  private final PeerAcceptor pairing;
  private final SalvageStreams salvage;
  private final Release release;

  PeerDoor(
      Loop loop,
      Heartbeats heartbeats,
      SyncEngine engine,
      SyncDriver sync,
      PeerCalls calls,
      PeerCalls.Desk desk,
      PeerAcceptor pairing,
      SalvageStreams salvage,
      Release release) {
    this.loop = loop;
    this.heartbeats = heartbeats;
    this.engine = engine;
    this.sync = sync;
    this.calls = calls;
    this.desk = desk;
    this.pairing = pairing;
    this.salvage = salvage;
    this.release = release;
  }

  @Override
  public void accept(PeerConnection connection) throws IOException {
    switch (connection.purpose()) {
      case HEARTBEAT -> heartbeats.listen(connection);
      case SYNC, VERIFIED -> serveData(connection);
      case CALL -> calls.serve(connection, desk);
      case PAIRING -> pairing.accept(connection);
      case SALVAGE -> salvage.serve(connection, engine);
    }
  }

  /** A node that gathers what this one has besides, or one that has this one for its source. */
  private static boolean asksForVerified(PeerConnection connection) {
    return connection.purpose() == Purpose.VERIFIED
        || connection.peer().designation() == Designation.DR;
  }

  /** One stream served to its end. */
  private interface Serving {
    void serve() throws IOException;
  }

  private void serveData(PeerConnection connection) throws IOException {
    if (!connection.release().equals(release)) {
      throw new IOException(
          "no data for "
              + connection.peer().name()
              + ": it runs release "
              + connection.release()
              + ", this node "
              + release);
    }
    State state = loop.state();
    if (asksForVerified(connection) && state.situation() instanceof Situation.Standby) {
      Term reign = state.durable().reign();
      serve(
          connection,
          () ->
              engine.serveVerified(
                  connection.in(), connection.out(), connection.peer().name(), reign));
      return;
    }
    if (!isSource(state)) {
      throw new IOException(
          "no data for " + connection.peer().name() + ": this node is " + state.role().word());
    }
    Term reign = state.durable().reign();
    serve(
        connection,
        () ->
            engine.serve(
                connection.in(),
                connection.out(),
                connection.peer().name(),
                reign,
                sync::captured));
  }

  /**
   * On a platform thread of its own: the engine's calls would pin the virtual thread we come on.
   */
  private static void serve(PeerConnection connection, Serving what) throws IOException {
    var failure = new AtomicReference<@Nullable IOException>();
    Thread serving =
        PromptStart.start(
            Thread.ofPlatform().name("serves data to " + connection.peer().name()).daemon(),
            () -> {
              try {
                what.serve();
              } catch (IOException broken) {
                failure.set(broken);
              }
            });
    try {
      serving.join();
    } catch (InterruptedException stopping) {
      connection.close();
      Thread.currentThread().interrupt();
    }
    IOException broken = failure.get();
    if (broken != null) {
      throw broken;
    }
  }

  /** Serving, or stopped in a switchover and waiting for the other node to copy the rest. */
  private static boolean isSource(State state) {
    return switch (state.situation()) {
      case Situation.Active _ -> true;
      case Situation.Stopping(Situation.StopCause.HandingOver _, _) -> true;
      case Situation.Stopping _,
          Situation.Standby _,
          Situation.Starting _,
          Situation.Frozen _,
          Situation.Witnessing _,
          Situation.Detached _ ->
          false;
    };
  }
}
