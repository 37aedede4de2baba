package understudy.demo.lab;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import understudy.time.Moment;
import understudy.time.SystemClock;

/**
 * Hosts made of network namespaces, joined by switches in a namespace of their own. Needs root and
 * iproute2; faults need nftables too.
 *
 * <p>The namespaces are named {@code us<pid>-<host>}, with {@code switch} for the switches. Host
 * number <em>h</em> (from 1, in the order given) has on link <em>l</em> (from 0) the interface
 * {@code eth<l>} with {@code 10.77.<l>.<h>/24} and {@code fd77:<l>::<h>/64}. Each switch answers at
 * host number 254: an address to test connectivity with. Numbers 100 to 199 are free for shared
 * addresses.
 *
 * <p>Closing, also by the end of this machine's Java process other than by KILL, ends every process
 * inside and removes the namespaces. Not for use by several threads, but for {@link #close}.
 */
public final class Namespaces implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("us(\\d+)-[a-z]+");
  private static final Pattern HOST = Pattern.compile("[a-z]{1,8}");
  private static final String SWITCH = "switch";
  private static final int GATEWAY = 254;
  private static final int HOST_LIMIT = 9;
  private static final int LINK_LIMIT = 4;
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);
  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  private static final Duration RECHECK = Duration.ofMillis(10);

  private final String prefix = "us" + ProcessHandle.current().pid() + "-";
  private final List<String> hosts;
  private final int links;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtExit atExit = new AtExit("network namespaces", this);

  private Namespaces(List<String> hosts, int links) {
    this.hosts = List.copyOf(hosts);
    this.links = links;
  }

  /**
   * Makes the hosts, all links up.
   *
   * @param hosts one to nine names of one to eight lower-case letters
   * @param links one to four links for each host
   * @throws LabException without root or iproute2, or when this process has such namespaces already
   */
  public static Namespaces create(List<String> hosts, int links) throws LabException {
    if (hosts.isEmpty() || hosts.size() > HOST_LIMIT || links < 1 || links > LINK_LIMIT) {
      throw new IllegalArgumentException(hosts + " with " + links + " links is out of range");
    }
    for (String host : hosts) {
      if (!HOST.matcher(host).matches() || host.equals(SWITCH)) {
        throw new IllegalArgumentException("not a host name: " + host);
      }
    }
    Namespaces namespaces = new Namespaces(hosts, links);
    if (present().contains(namespaces.name(SWITCH))) {
      throw new LabException("this process has network namespaces already");
    }
    namespaces.atExit.arm();
    try {
      namespaces.build();
    } catch (LabException | RuntimeException e) {
      namespaces.closeAfter(e);
      throw e;
    }
    return namespaces;
  }

  private void build() throws LabException {
    List<String> outside = new ArrayList<>(List.of("netns add " + name(SWITCH)));
    List<String> bridges = new ArrayList<>(List.of("link set lo up"));
    for (int link = 0; link < links; link++) {
      bridges.add("link add br" + link + " type bridge forward_delay 0 mcast_snooping 0");
      bridges.add("link set br" + link + " up");
      bridges.add("addr add " + text4(link, GATEWAY) + "/24 dev br" + link);
      bridges.add("addr add " + text6(link, GATEWAY) + "/64 dev br" + link + " nodad");
    }
    for (String host : hosts) {
      outside.add("netns add " + name(host));
      for (int link = 0; link < links; link++) {
        outside.add(
            "link add %s netns %s type veth peer name %s netns %s"
                .formatted(port(host, link), name(SWITCH), device(link), name(host)));
        bridges.add("link set %s master br%d up".formatted(port(host, link), link));
      }
    }
    ip(outside);
    inIp(SWITCH, bridges);
    for (String host : hosts) {
      inIp(host, addressing(host));
    }
    new Faults(this).prepare();
  }

  private List<String> addressing(String host) {
    List<String> commands = new ArrayList<>(List.of("link set lo up"));
    for (int link = 0; link < links; link++) {
      commands.add("link set " + device(link) + " up");
      commands.add("addr add " + text4(link, number(host)) + "/24 dev " + device(link));
      commands.add("addr add " + text6(link, number(host)) + "/64 dev " + device(link) + " nodad");
    }
    return commands;
  }

  /** The faults of these hosts and links. */
  public Faults faults() {
    return new Faults(this);
  }

  /** The name of this host's namespace, as {@code ip netns} shows it. */
  public String name(String host) {
    return prefix + checked(host);
  }

  /** The interface of every host on this link. */
  public String device(int link) {
    return "eth" + link;
  }

  /** The IPv4 address of this host on this link. */
  public InetAddress address(String host, int link) {
    return InetAddress.ofLiteral(text4(link, number(host)));
  }

  /** The IPv6 address of this host on this link. */
  public InetAddress address6(String host, int link) {
    return InetAddress.ofLiteral(text6(link, number(host)));
  }

  /** An address of the switch of this link, which answers as long as the link to it works. */
  public InetAddress gateway(int link) {
    return InetAddress.ofLiteral(text4(link, GATEWAY));
  }

  /** An IPv4 address on this link that no host has, for sharing: 100 to 199. */
  public InetAddress free(int link, int number) {
    if (number < 100 || number > 199) {
      throw new IllegalArgumentException("free addresses are 100 to 199, not " + number);
    }
    return InetAddress.ofLiteral(text4(link, number));
  }

  /** The command that runs this one inside the host. The process id stays that of the command. */
  public List<String> inside(String host, List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name(host)));
    all.addAll(command);
    return List.copyOf(all);
  }

  /** The ids of all processes inside the host. */
  public List<Long> processes(String host) throws LabException {
    return Tool.demand(COMMAND_LIMIT, "", List.of("ip", "netns", "pids", name(host)))
        .lines()
        .map(Long::valueOf)
        .toList();
  }

  /** Sends a signal to every process inside the host. */
  public void signal(String host, ProcessSignal signal) throws LabException {
    signal.send(processes(host));
  }

  /** Ends every process inside the host at once, as a power cut does; returns when none is left. */
  public void kill(String host) throws LabException {
    SystemClock clock = new SystemClock();
    Moment limit = clock.now().plus(END_LIMIT);
    List<Long> left = processes(host);
    while (!left.isEmpty()) {
      if (clock.now().isAfter(limit)) {
        throw new LabException("processes " + left + " in " + name(host) + " do not end");
      }
      ProcessSignal.KILL.send(left);
      LockSupport.parkNanos(RECHECK.toNanos());
      left = processes(host);
    }
  }

  /** Namespaces of labs whose process is gone: what a KILL of the demo left behind, by name. */
  public static List<String> leftOvers() throws LabException {
    List<String> names = new ArrayList<>();
    for (String name : present()) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  /** Every network namespace of the machine that has a name. */
  static List<String> present() throws LabException {
    return Tool.demand(COMMAND_LIMIT, "", List.of("ip", "netns", "list"))
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .toList();
  }

  @Override
  public void close() throws LabException {
    if (closed.getAndSet(true)) {
      return;
    }
    List<String> present = present();
    List<String> all = new ArrayList<>(hosts);
    all.add(SWITCH);
    for (String host : all) {
      if (present.contains(name(host))) {
        kill(host);
        ip(List.of("netns del " + name(host)));
      }
    }
    atExit.disarm();
  }

  private void closeAfter(Exception failure) {
    try {
      close();
    } catch (LabException e) {
      failure.addSuppressed(e);
    }
  }

  /** The switch's port for this host. */
  String port(String host, int link) {
    return host + link;
  }

  int links() {
    return links;
  }

  /** Runs nft on this script in the switch. */
  void nftInSwitch(String script) throws LabException {
    Tool.demand(COMMAND_LIMIT, script, inside(SWITCH, List.of("nft", "-f", "-")));
  }

  /** The command that runs this one in the switch. */
  List<String> insideSwitch(List<String> command) {
    return inside(SWITCH, command);
  }

  /** Runs these {@code ip} commands in the switch. */
  void ipInSwitch(List<String> commands) throws LabException {
    inIp(SWITCH, commands);
  }

  private static void ip(List<String> commands) throws LabException {
    Tool.demand(COMMAND_LIMIT, String.join("\n", commands) + "\n", List.of("ip", "-batch", "-"));
  }

  private void inIp(String host, List<String> commands) throws LabException {
    Tool.demand(
        COMMAND_LIMIT,
        String.join("\n", commands) + "\n",
        List.of("ip", "-n", name(host), "-batch", "-"));
  }

  private String checked(String host) {
    if (!hosts.contains(host) && !host.equals(SWITCH)) {
      throw new IllegalArgumentException(host + " is none of " + hosts);
    }
    return host;
  }

  private int number(String host) {
    return hosts.indexOf(checked(host)) + 1;
  }

  private static String text4(int link, int number) {
    return "10.77." + link + "." + number;
  }

  private static String text6(int link, int number) {
    return "fd77:" + link + "::" + number;
  }
}
