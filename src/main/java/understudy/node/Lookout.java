package understudy.node;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.ClusterConfig;
import understudy.failover.Input;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;
import understudy.linux.PromptStart;
import understudy.resource.probe.ConnectivityProbe;
import understudy.resource.probe.ServiceAddressProbe;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Looks at the network when asked, one look at a time: are we cut off, does the service answer from
 * here?
 */
final class Lookout implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);

  private static final Duration LONGEST_LOOK = Duration.ofMillis(200);

  /** What a look saw counts for half a lease, so the next one must have ended by then. */
  private static final int LOOKS_IN_A_LEASE = 8;

  private record Probes(ConnectivityProbe connectivity, ServiceAddressProbe service) {}

  private volatile Probes probes;
  private final Inbox inbox;
  private final Clock clock;
  private final Consumer<Moment> silence;
  private final Thread thread;
  private boolean wanted;
  private boolean closing;
  private volatile Optional<Probe> latest = Optional.empty();

  /**
   * Looks when it is asked to.
   *
   * @param silence told when nobody has the service's addresses, with the moment of the question
   */
  Lookout(
      ConnectivityProbe connectivity,
      ServiceAddressProbe service,
      Inbox inbox,
      Clock clock,
      Consumer<Moment> silence) {
    this.probes = new Probes(connectivity, service);
    this.silence = silence;
    this.inbox = inbox;
    this.clock = clock;
    this.thread = PromptStart.start(Thread.ofPlatform().name("looks").daemon(), this::watch);
  }

  /** What tells whether this node is cut off. */
  static ConnectivityProbe connectivity(ClusterConfig cluster) {
    return new ConnectivityProbe(cluster.failover().connectivityTest(), limit(cluster));
  }

  /** What tells whether the service answers. */
  static ServiceAddressProbe service(ClusterConfig cluster) {
    return new ServiceAddressProbe(cluster.resources(), limit(cluster));
  }

  private static Duration limit(ClusterConfig cluster) {
    Duration part = cluster.failover().lease().dividedBy(LOOKS_IN_A_LEASE);
    return part.compareTo(LONGEST_LOOK) < 0 ? part : LONGEST_LOOK;
  }

  /** Asks these from the next look on. */
  void ask(ConnectivityProbe connectivity, ServiceAddressProbe service) {
    probes = new Probes(connectivity, service);
  }

  /**
   * Returns at once. A look that is under way answers for this wish only when it ends and begins
   * anew.
   */
  synchronized void look() {
    wanted = true;
    notifyAll();
  }

  /** What the last look saw; empty before the first. */
  Optional<Probe> latest() {
    return latest;
  }

  private synchronized boolean awaitWish() throws InterruptedException {
    while (!wanted && !closing) {
      wait();
    }
    wanted = false;
    return !closing;
  }

  private void watch() {
    Urgency.ofThisThread();
    Probes used = probes;
    try {
      while (awaitWish()) {
        if (!probes.equals(used)) {
          used.service().close();
          used = probes;
        }
        Probe seen = seeAnyhow(used);
        latest = Optional.of(seen);
        inbox.post(at -> new Input.Probed(at, seen));
      }
    } catch (InterruptedException stopping) {
      LOG.debug("nobody looks at the network any more");
    } finally {
      used.service().close();
    }
  }

  /** A bug in looking counts as a look that saw nothing: it never lets a node serve. */
  private Probe seeAnyhow(Probes probes) throws InterruptedException {
    try {
      return see(probes);
    } catch (RuntimeException | Error bug) {
      LOG.error("a look at the network failed: this is a bug", bug);
      return Probe.seen(
          clock.now(), false, Service.NOT_ASKED, "the network could not be looked at: " + bug);
    }
  }

  private Probe see(Probes probes) throws InterruptedException {
    Moment begunAt = clock.now();
    // The service is asked while the connectivity test runs: the slower of the two decides.
    var asked = new ServiceQuestion(probes.service());
    var findings = probes.connectivity().ask();
    var answer = asked.answer();
    if (answer.service() == Service.SILENT) {
      silence.accept(begunAt);
    }
    String evidence =
        String.join("; ", findings.stream().map(f -> f.target() + " " + f.evidence()).toList());
    return Probe.seen(
        begunAt,
        ConnectivityProbe.isConnected(findings),
        answer.service(),
        evidence.isEmpty() ? answer.evidence() : evidence + "; " + answer.evidence());
  }

  /** The question to the service address, asked on a thread of its own. */
  private static final class ServiceQuestion {
    private final Thread thread;
    private volatile Answered answered = new Answered(Service.NOT_ASKED, "service not asked");

    ServiceQuestion(ServiceAddressProbe probe) {
      thread =
          PromptStart.start(
              Thread.ofPlatform().name("asks the service").daemon(),
              () -> {
                Urgency.ofThisThread();
                try {
                  answered = read(probe.ask());
                } catch (InterruptedException stopping) {
                  LOG.debug("stopped asking the service");
                } catch (RuntimeException | Error bug) {
                  LOG.error("asking the service failed: this is a bug", bug);
                  answered =
                      new Answered(Service.NOT_ASKED, "the service could not be asked: " + bug);
                }
              });
    }

    Answered answer() throws InterruptedException {
      thread.join();
      return answered;
    }
  }

  private record Answered(Service service, String evidence) {}

  private static Answered read(ServiceAddressProbe.Answer answer) {
    return switch (answer) {
      case ServiceAddressProbe.Answer.Answers(String evidence) ->
          new Answered(Service.ANSWERS, evidence);
      case ServiceAddressProbe.Answer.Silent(String evidence) ->
          new Answered(Service.SILENT, evidence);
      case ServiceAddressProbe.Answer.Unknown(String reason) ->
          new Answered(Service.NOT_ASKED, "the service could not be asked: " + reason);
      case ServiceAddressProbe.Answer.NotConfigured _ ->
          new Answered(Service.NOT_ASKED, "no shared address to ask");
    };
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    thread.interrupt();
  }
}
