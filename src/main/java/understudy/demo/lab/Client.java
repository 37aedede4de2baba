package understudy.demo.lab;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import understudy.time.Clock;

/**
 * The client outside: writes to the service address all the time, and asks every node at its own
 * address whether it serves.
 */
public final class Client implements AutoCloseable {
  private static final String WRITES = "writes";
  private static final String NODE = "node:";
  private static final Duration WRITE_EVERY = Duration.ofMillis(10);
  private static final Duration ASK_EVERY = Duration.ofMillis(20);
  private static final Duration TIMEOUT = Duration.ofMillis(200);

  private final Meter meter;
  private final Watch watch;
  private final List<Observer> observers = new ArrayList<>();

  private Client(Meter meter, Watch watch, Observer observer) {
    this.meter = meter;
    this.watch = watch;
    this.observers.add(observer);
  }

  /**
   * Starts writing and asking.
   *
   * @param service where clients find the service: a forwarder or a shared address
   * @param nodes where each node's own service would answer
   * @param place turns a command into the one that runs it where the client stands, such as {@code
   *     command -> namespaces.inside("c", command)}; identity for this machine itself
   */
  public static Client start(
      InetSocketAddress service,
      Map<String, InetSocketAddress> nodes,
      UnaryOperator<List<String>> place,
      Clock clock)
      throws LabException {
    return start(List.of(service), nodes, place, clock);
  }

  /** As above, writing to several services at once, of which the one that serves acknowledges. */
  public static Client start(
      List<InetSocketAddress> services,
      Map<String, InetSocketAddress> nodes,
      UnaryOperator<List<String>> place,
      Clock clock)
      throws LabException {
    Meter meter = new Meter(clock);
    Watch watch = new Watch();
    List<Question> questions = new ArrayList<>();
    services.forEach(
        service -> questions.add(new Question(WRITES, "WRITE", service, WRITE_EVERY, TIMEOUT)));
    nodes.forEach(
        (node, address) ->
            questions.add(new Question(NODE + node, "WHO", address, ASK_EVERY, TIMEOUT)));
    Observer observer =
        Observer.start(
            questions,
            place,
            answer -> {
              if (answer.label().equals(WRITES)) {
                meter.accept(answer);
              } else {
                note(watch, answer);
              }
            });
    return new Client(meter, watch, observer);
  }

  private static void note(Watch watch, Answer answer) {
    watch.answered(answer.label().substring(NODE.length()), answer.asked(), answer.answered());
  }

  /** Asks this node from another place, too: from behind a cut, what serves there is seen. */
  public void askFrom(String node, InetSocketAddress address, UnaryOperator<List<String>> place)
      throws LabException {
    var question = new Question(NODE + node, "WHO", address, ASK_EVERY, TIMEOUT);
    observers.add(Observer.start(List.of(question), place, answer -> note(watch, answer)));
  }

  public Meter meter() {
    return meter;
  }

  public Watch watch() {
    return watch;
  }

  /** Stops writing and asking; what was measured stays. */
  @Override
  public void close() {
    observers.forEach(Observer::close);
  }
}
