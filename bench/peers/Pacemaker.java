import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import understudy.demo.lab.Client;
import understudy.demo.lab.LabException;

/**
 * Measures Pacemaker with Corosync in the lab of the demo: two nodes, one address, no fencing
 * device. Each host has file system mounts, names, memory and process numbers of its own, as two
 * machines have.
 *
 * <pre>bench/run pacemaker [RUNS]</pre>
 */
public final class Pacemaker implements Engine {
  /** Corosync's time without a token before a node counts as lost. */
  private enum Setting implements Contender {
    /** Its default; another second goes by before the rest agree. */
    DEFAULT("default", 3000),
    FAST("fast", 750),
    SHORTEST("shortest", 365);

    private final String profile;
    private final int tokenMillis;

    Setting(String profile, int tokenMillis) {
      this.profile = profile;
      this.tokenMillis = tokenMillis;
    }

    @Override
    public String engine() {
      return "pacemaker";
    }

    @Override
    public String profile() {
      return profile;
    }

    @Override
    public Engine on(Machines machines) {
      return new Pacemaker(machines, this);
    }
  }

  /** Corosync sends a token that often within the time that it may take. */
  private static final int TOKENS = 4;

  private static final String OWNER = "hacluster:haclient";
  private static final Pattern DAEMON = Pattern.compile("corosync|pacemaker.*");

  private final Machines machines;
  private final Setting setting;

  private Pacemaker(Machines machines, Setting setting) {
    this.machines = machines;
    this.setting = setting;
  }

  public static void main(String[] arguments) {
    PeerBench.run(
        List.of(Setting.values()), arguments, "corosync", "pacemakerd", "crm_mon", "cibadmin");
  }

  @Override
  public Client client() throws Exception {
    return machines.clientOfSharedAddress();
  }

  @Override
  public Duration interval() {
    return Duration.ofMillis(setting.tokenMillis / TOKENS);
  }

  @Override
  public void begin() throws Exception {
    machines.startWriters();
    for (String host : List.of("a", "b")) {
      furnish(host);
      machines.start(
          host,
          List.of(
              "unshare",
              "--mount",
              "--uts",
              "--ipc",
              "--pid",
              "--fork",
              "--mount-proc",
              "bash",
              machines.home(host).resolve("machine.sh").toString()));
      machines.await(
          host + " is a machine", () -> Files.exists(machines.home(host).resolve("ready")));
      machines.start(host, onMachine(host, "corosync", "-f"));
      machines.await(
          "corosync answers on " + host,
          () -> !machines.ask(host, onMachine(host, "corosync-cfgtool", "-s")).isEmpty());
      machines.start(host, onMachine(host, "pacemakerd"));
    }
    machines.await("both nodes are online", this::areBothOnline);
    machines.demand(
        "a", onMachine("a", "crm_attribute", "--name", "stonith-enabled", "--update", "false"));
    machines.demand(
        "a",
        onMachine("a", "cibadmin", "--create", "--scope", "resources", "--xml-text", resource()));
    machines.await("one host has the address", () -> machines.holds("a") != machines.holds("b"));
    if (machines.holds("b")) {
      move("a");
      machines.await("a has the address", () -> machines.holds("a") && !machines.holds("b"));
    }
    machines.demand("a", onMachine("a", "crm_resource", "--resource", "shared", "--clear"));
  }

  private void furnish(String host) throws IOException, InterruptedException {
    Path home = machines.home(host);
    for (String directory :
        List.of(
            "etc",
            "corosync",
            "log/pacemaker",
            "state/cib",
            "state/pengine",
            "state/blackbox",
            "state/cores")) {
      Files.createDirectories(home.resolve(directory));
    }
    machines.ask(
        host,
        List.of(
            "chown",
            "-R",
            OWNER,
            home.resolve("state").toString(),
            home.resolve("log/pacemaker").toString()));
    Files.writeString(
        home.resolve("hosts"),
        "127.0.0.1 localhost\n%s a\n%s b\n"
            .formatted(machines.address("a"), machines.address("b")));
    Files.writeString(
        home.resolve("etc/corosync.conf"),
        """
        totem {
          version: 2
          cluster_name: lab
          transport: knet
          crypto_cipher: none
          crypto_hash: none
          token: %d
        }
        quorum {
          provider: corosync_votequorum
          two_node: 1
        }
        nodelist {
          node {
            name: a
            nodeid: 1
            ring0_addr: %s
          }
          node {
            name: b
            nodeid: 2
            ring0_addr: %s
          }
        }
        logging {
          to_stderr: yes
          to_syslog: no
        }
        """
            .formatted(setting.tokenMillis, machines.address("a"), machines.address("b")));
    Files.writeString(
        home.resolve("machine.sh"),
        """
        set -e
        cd %s
        hostname %s
        mount --make-rprivate /
        mount --bind etc /etc/corosync
        mount --bind state /var/lib/pacemaker
        mount --bind corosync /var/lib/corosync
        mount --bind log /var/log
        mount --bind hosts /etc/hosts
        mount -t tmpfs none /dev/shm
        mount -t tmpfs -o mode=755 none /run
        mkdir -p /run/crm /run/lock /run/resource-agents
        chown %s /run/crm
        touch ready
        while :; do sleep 1; done
        """
            .formatted(home, host, OWNER));
  }

  private String resource() {
    return """
        <primitive id="shared" class="ocf" provider="heartbeat" type="IPaddr2">
          <instance_attributes id="shared-attributes">
            <nvpair id="shared-ip" name="ip" value="%s"/>
            <nvpair id="shared-mask" name="cidr_netmask" value="24"/>
            <nvpair id="shared-nic" name="nic" value="eth0"/>
          </instance_attributes>
          <operations><op id="shared-monitor" name="monitor" interval="10s" timeout="20s"/></operations>
        </primitive>
        """
        .formatted(machines.shared());
  }

  /** The command that runs this command where the host's own mounts and process numbers are. */
  private List<String> onMachine(String host, String... command) throws Exception {
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of(
            "nsenter",
            "--target",
            Long.toString(machine(host)),
            "--mount",
            "--uts",
            "--ipc",
            "--pid",
            "--"));
    words.addAll(List.of(command));
    return words;
  }

  /** The first process of the host's own process numbers, by this machine's number. */
  private long machine(String host) throws Exception {
    for (long process : machines.processes(host)) {
      Path status = Path.of("/proc", Long.toString(process), "status");
      boolean isFirst =
          Files.exists(status)
              && Files.readAllLines(status).stream()
                  .anyMatch(line -> line.matches("NSpid:\\s+\\d+\\s+1"));
      if (isFirst) {
        return process;
      }
    }
    throw new LabException(host + " is no machine of its own");
  }

  private boolean areBothOnline() throws Exception {
    String said = machines.ask("b", onMachine("b", "crm_mon", "-1", "-n"));
    return said.contains("Node a: online") && said.contains("Node b: online");
  }

  private void move(String to) throws Exception {
    machines.demand(
        "a", onMachine("a", "crm_resource", "--resource", "shared", "--move", "--node", to));
  }

  /** The operator moves the resource. */
  @Override
  public void handOver() throws Exception {
    move("b");
  }

  @Override
  public List<Long> daemons(String host) throws Exception {
    return machines.processes(host, DAEMON);
  }
}
