package understudy.resource.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.config.ResourceConfig;
import understudy.config.ResourceConfig.GatedPort;
import understudy.config.ResourceConfig.Protocol;
import understudy.linux.AddressTable;
import understudy.linux.AddressTable.Link;
import understudy.resource.address.Neighbourhood;

/**
 * Does the service answer from here? Asks the link who has each shared IP (ARP, neighbour
 * discovery), and each gated TCP port on it for a connection. Whoever has the address counts as
 * answering, even when no port does: a holder without a mandate loses the address by itself soon.
 * One thread.
 */
public final class ServiceAddressProbe implements AutoCloseable {
  private static final Duration ASK_AGAIN = Duration.ofMillis(40);
  private static final Duration SLACK = Duration.ofMillis(50);

  private final List<ResourceConfig.SharedIp> addresses;
  private final List<InetSocketAddress> endpoints;
  private final Duration within;
  private final Map<InetAddress, Neighbourhood> neighbourhoods = new LinkedHashMap<>();

  /** What is known about the service, seen from this machine. */
  public sealed interface Answer {
    /** Somebody else has the address or serves on it. */
    record Answers(String evidence) implements Answer {}

    record Silent(String evidence) implements Answer {}

    /** It could not be asked. */
    record Unknown(String reason) implements Answer {}

    /** No shared IP is configured, so there is nothing to ask. */
    record NotConfigured() implements Answer {}
  }

  private record Question(
      Optional<ResourceConfig.SharedIp> address, Optional<InetSocketAddress> endpoint) {}

  /**
   * @param within time for all questions together, such as 200 ms
   */
  public ServiceAddressProbe(List<ResourceConfig> resources, Duration within) {
    this.within = within;
    List<ResourceConfig.SharedIp> shared = new ArrayList<>();
    List<GatedPort> ports = new ArrayList<>();
    for (ResourceConfig resource : resources) {
      switch (resource) {
        case ResourceConfig.SharedIp address -> shared.add(address);
        case ResourceConfig.Gate gate -> ports.addAll(gate.ports());
        case ResourceConfig.Unit _, ResourceConfig.Supervised _, ResourceConfig.Script _ -> {}
      }
    }
    addresses = List.copyOf(shared);
    endpoints =
        addresses.stream()
            .flatMap(
                address ->
                    ports.stream()
                        .filter(port -> port.protocol() == Protocol.TCP)
                        .filter(port -> port.address().map(address.address()::equals).orElse(true))
                        .map(port -> new InetSocketAddress(address.address(), port.port())))
            .toList();
  }

  /** Asks; takes at most the given time and some ten milliseconds. */
  public Answer ask() throws InterruptedException {
    if (addresses.isEmpty()) {
      return new Answer.NotConfigured();
    }
    List<Question> questions = new ArrayList<>();
    addresses.forEach(it -> questions.add(new Question(Optional.of(it), Optional.empty())));
    endpoints.forEach(it -> questions.add(new Question(Optional.empty(), Optional.of(it))));
    List<Answer> answers =
        Concurrently.askUrgently(
            questions,
            this::ask,
            within.plus(SLACK),
            _ -> new Answer.Unknown("the questions took longer than they should"));
    return combine(answers);
  }

  /** One answer makes it answering, one doubt makes it unknown. */
  private static Answer combine(List<Answer> answers) {
    for (Answer answer : answers) {
      if (answer instanceof Answer.Answers) {
        return answer;
      }
    }
    for (Answer answer : answers) {
      if (answer instanceof Answer.Unknown) {
        return answer;
      }
    }
    return answers.getFirst();
  }

  private Answer ask(Question question) {
    return question
        .address()
        .map(this::askLink)
        .or(() -> question.endpoint().map(this::askPort))
        .orElseThrow();
  }

  private Answer askPort(InetSocketAddress endpoint) {
    String text = endpoint.getAddress().getHostAddress() + " port " + endpoint.getPort();
    return switch (TcpQuestion.ask(endpoint, within)) {
      case TcpQuestion.Answer.Open _ -> new Answer.Answers(text + " accepts connections");
      case TcpQuestion.Answer.Refused _ -> new Answer.Answers(text + " refuses connections");
      case TcpQuestion.Answer.Nothing nothing -> new Answer.Silent(text + ": " + nothing.reason());
    };
  }

  private Answer askLink(ResourceConfig.SharedIp shared) {
    String text = shared.address().getHostAddress();
    try {
      Optional<Neighbourhood> neighbourhood = neighbourhood(shared);
      if (neighbourhood.isEmpty()) {
        return new Answer.Unknown(
            "interface " + shared.networkInterface() + " has no link that could be asked");
      }
      return neighbourhood
          .get()
          .ask(ASK_AGAIN, within)
          .<Answer>map(holder -> new Answer.Answers(text + " is held by " + holder))
          .orElseGet(() -> new Answer.Silent("nobody on the link has " + text));
    } catch (IOException refused) {
      forget(shared.address());
      return new Answer.Unknown(text + ": " + refused.getMessage());
    }
  }

  /** Kept open: to close such a socket takes the kernel longer than to ask. */
  private Optional<Neighbourhood> neighbourhood(ResourceConfig.SharedIp shared) throws IOException {
    synchronized (neighbourhoods) {
      Neighbourhood open = neighbourhoods.get(shared.address());
      if (open == null) {
        try (AddressTable table = new AddressTable()) {
          Optional<Link> link =
              table
                  .link(shared.networkInterface())
                  .filter(Link::isUp)
                  .filter(Link::hasCarrier)
                  .filter(Link::resolvesNeighbours);
          if (link.isEmpty()) {
            return Optional.empty();
          }
          open = new Neighbourhood(link.get(), shared.address());
          neighbourhoods.put(shared.address(), open);
        }
      }
      return Optional.of(open);
    }
  }

  private void forget(InetAddress address) {
    synchronized (neighbourhoods) {
      Neighbourhood broken = neighbourhoods.remove(address);
      if (broken != null) {
        broken.close();
      }
    }
  }

  @Override
  public void close() {
    synchronized (neighbourhoods) {
      neighbourhoods.values().forEach(Neighbourhood::close);
      neighbourhoods.clear();
    }
  }
}
