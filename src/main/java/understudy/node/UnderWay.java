package understudy.node;

import java.util.Optional;
import understudy.failover.Durable;
import understudy.failover.Situation;
import understudy.failover.Situation.StopCause.HandingOver;
import understudy.failover.State;

/** What a node is in the middle of that ends by itself, and decides where the service is then. */
final class UnderWay {
  private final Loop loop;
  private final Actions actions;

  UnderWay(Loop loop, Actions actions) {
    this.loop = loop;
    this.actions = actions;
  }

  /** In words for the log; empty: nothing is. */
  Optional<String> what() {
    State state = loop.state();
    return switch (state.situation()) {
      case Situation.Starting _ -> Optional.of("its start");
      case Situation.Active active ->
          active.preparing().map(it -> "a switchover to " + it.target() + ", which copies");
      case Situation.Stopping(HandingOver handing, _) -> Optional.of(sentence(handing));
      case Situation.Stopping _ -> Optional.of("its stop");
      case Situation.Standby _, Situation.Frozen _ -> state.durable().offer().flatMap(this::offer);
      case Situation.Witnessing _, Situation.Detached _ -> Optional.empty();
    };
  }

  private static String sentence(HandingOver handing) {
    String stage = handing.stoppedAt().isPresent() ? "the final sync" : "the service stops";
    return "a switchover to " + handing.target() + ", " + stage;
  }

  /** One of an earlier life, whose operation nobody knows here any more, may last for long. */
  private Optional<String> offer(Durable.Offer offer) {
    return actions
        .operation(Operations.id(offer.operation()))
        .filter(operation -> operation.finished() == null)
        .map(_ -> "a switchover to " + offer.to() + ", which is to start");
  }
}
