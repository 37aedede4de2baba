package understudy.resource;

import java.util.List;

/**
 * A network of one switch with two servers and a client, each in a namespace of its own. Servers
 * have 10.77.0.11 and .12, the client .20; the same numbers in fd77::/64.
 */
public final class Link {
  public final Namespace alpha = new Namespace();
  public final Namespace beta = new Namespace();
  public final Namespace client = new Namespace();
  private final Namespace wire = new Namespace();

  public Link() throws Exception {
    wire.ip("link add bridge type bridge");
    wire.ip("link set bridge up");
    attach(alpha, "port1", "11");
    attach(beta, "port2", "12");
    attach(client, "port3", "20");
  }

  private void attach(Namespace machine, String port, String number) throws Exception {
    Namespace.cable(machine, "eth0", wire, port);
    wire.ip("link set " + port + " master bridge");
    machine.ip("address add 10.77.0." + number + "/24 dev eth0");
    machine.ip("address add fd77::" + number + "/64 dev eth0 nodad");
  }

  /** Takes alpha's cable out, or puts it back. */
  public void plugAlpha(boolean in) throws Exception {
    wire.ip("link set port1 " + (in ? "up" : "down"));
  }

  public void close() throws Exception {
    for (Namespace machine : List.of(alpha, beta, client, wire)) {
      machine.close();
    }
  }
}
