import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import understudy.demo.lab.LabException;

/**
 * Measures Pacemaker with Corosync in the lab of the demo: two nodes, one address, no fencing device.
 * Each host has file system mounts, names, memory and process numbers of its own, as two machines
 * have.
 *
 * <pre>bench/run pacemaker [RUNS]</pre>
 */
public final class Pacemaker implements Engine {
  /** Corosync's time without a token before a node counts as lost; the first is its default. */
  private enum Setting {
    DEFAULT("default", 3000),
    FAST("fast", 1000);

    final String profile;
    final int tokenMillis;

    Setting(String profile, int tokenMillis) {
      this.profile = profile;
      this.tokenMillis = tokenMillis;
    }
  }

  /** Corosync sends a token that often within the time that it may take. */
  private static final int TOKENS = 4;

  private static final String OWNER = "hacluster:haclient";

  private final PeerBench lab;
  private final Setting setting;

  private Pacemaker(PeerBench lab, Setting setting) {
    this.lab = lab;
    this.setting = setting;
  }

  public static void main(String[] arguments) throws Exception {
    int runs = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
    if (PeerBench.isInstalled("pacemaker", "corosync", "pacemakerd", "crm_mon", "cibadmin")) {
      for (Setting setting : Setting.values()) {
        PeerBench.measure(lab -> new Pacemaker(lab, setting), runs);
      }
    }
  }

  @Override
  public String name() {
    return "pacemaker";
  }

  @Override
  public String profile() {
    return setting.profile;
  }

  @Override
  public Duration interval() {
    return Duration.ofMillis(setting.tokenMillis / TOKENS);
  }

  @Override
  public void begin() throws Exception {
    for (String host : List.of("a", "b")) {
      furnish(host);
      lab.start(
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
              lab.home(host).resolve("machine.sh").toString()));
      lab.await(host + " is a machine", () -> Files.exists(lab.home(host).resolve("ready")));
      lab.start(host, onMachine(host, "corosync", "-f"));
      lab.await(
          "corosync answers on " + host,
          () -> !lab.ask(host, onMachine(host, "corosync-cfgtool", "-s")).isEmpty());
      lab.start(host, onMachine(host, "pacemakerd"));
    }
    lab.await("both nodes are online", this::areBothOnline);
    lab.demand(
        "a", onMachine("a", "crm_attribute", "--name", "stonith-enabled", "--update", "false"));
    lab.demand(
        "a",
        onMachine(
            "a", "cibadmin", "--create", "--scope", "resources", "--xml-text", resource()));
    lab.await("one host has the address", () -> lab.holds("a") != lab.holds("b"));
    if (lab.holds("b")) {
      move("a");
      lab.await("a has the address", () -> lab.holds("a") && !lab.holds("b"));
    }
    lab.demand("a", onMachine("a", "crm_resource", "--resource", "shared", "--clear"));
  }

  private void furnish(String host) throws IOException, InterruptedException {
    Path home = lab.home(host);
    for (String directory :
        List.of("etc", "corosync", "log/pacemaker", "state/cib", "state/pengine", "state/blackbox", "state/cores")) {
      Files.createDirectories(home.resolve(directory));
    }
    lab.ask(
        host,
        List.of(
            "chown",
            "-R",
            OWNER,
            home.resolve("state").toString(),
            home.resolve("log/pacemaker").toString()));
    Files.writeString(
        home.resolve("hosts"),
        "127.0.0.1 localhost\n%s a\n%s b\n".formatted(lab.address("a"), lab.address("b")));
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
            .formatted(setting.tokenMillis, lab.address("a"), lab.address("b")));
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
        .formatted(lab.shared());
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
    for (long process : lab.processes(host)) {
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
    String said = lab.ask("b", onMachine("b", "crm_mon", "-1", "-n"));
    return said.contains("Node a: online") && said.contains("Node b: online");
  }

  private void move(String to) throws Exception {
    lab.demand(
        "a",
        onMachine("a", "crm_resource", "--resource", "shared", "--move", "--node", to));
  }

  /** The operator moves the resource. */
  @Override
  public void handOver() throws Exception {
    move("b");
  }

  @Override
  public List<Long> daemons(String host) throws Exception {
    List<Long> daemons = new ArrayList<>();
    for (long process : lab.processes(host)) {
      Path name = Path.of("/proc", Long.toString(process), "comm");
      if (Files.exists(name) && Files.readString(name).matches("(corosync|pacemaker).*\\s*")) {
        daemons.add(process);
      }
    }
    return daemons;
  }
}
