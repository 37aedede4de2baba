package understudy.simulator;

import java.time.Duration;
import understudy.failover.Input;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;
import understudy.time.Moment;

/**
 * Looks at the network for one daemon, at a moment between the question and the answer. The service
 * is asked from the first moment on, again and again: it answers when it was there at either.
 */
final class Prober {
  private final World world;
  private final Machine machine;
  private final Daemon daemon;

  Prober(World world, Machine machine, Daemon daemon) {
    this.world = world;
    this.machine = machine;
    this.daemon = daemon;
  }

  void look() {
    if (machine.luck().strikes(Trouble.LOOK_LOST)) {
      return; // This one never comes back.
    }
    Moment begun = machine.now();
    boolean serviceSeen = isServiceSeen();
    world.after(patience(), () -> see(begun, serviceSeen));
  }

  private void see(Moment begun, boolean serviceSeen) {
    boolean connected =
        !world.setup.connectivityTested()
            || (world.network.isConnected(machine) && !world.network.losesLook());
    Service service =
        !world.setup.serviceAsked()
            ? Service.NOT_ASKED
            : serviceSeen || isServiceSeen() ? Service.ANSWERS : Service.SILENT;
    String evidence = (connected ? "connected" : "cut off") + ", service " + service;
    var probe = Probe.seen(begun, connected, service, evidence);
    world.after(patience(), () -> daemon.hand(at -> new Input.Probed(at, probe)));
  }

  private boolean isServiceSeen() {
    for (Machine other : world.machines) {
      if (other.answers() && world.network.seesService(machine, other)) {
        return true;
      }
    }
    return false;
  }

  private Duration patience() {
    int most = (int) (world.setup.timing().interval().toMillis() / 5);
    return world.chance.milliseconds(0, world.chance.happens(0.8) ? 3 : most);
  }
}
