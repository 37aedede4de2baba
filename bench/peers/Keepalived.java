import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import understudy.demo.lab.Client;
import understudy.demo.lab.ProcessSignal;

/**
 * Measures keepalived in the lab of the demo: VRRP between hosts a and b.
 *
 * <pre>bench/run keepalived [RUNS]</pre>
 */
public final class Keepalived implements Engine {
  /**
   * What it is set beside: its defaults; equal heartbeats; and equal silence before a takeover,
   * which is three advertisements and most of a fourth.
   */
  private enum Setting implements Contender {
    DEFAULT("keepalived", "default", Duration.ofSeconds(1), 2),
    EQUAL_HEARTBEAT("keepalived", "shortest", Duration.ofMillis(100), 3),
    EQUAL_SILENCE("keepalived", "fast", Duration.ofMillis(270), 3);

    private final String engine;
    private final String profile;
    private final Duration interval;

    /** Of the protocol; version 2 knows whole seconds only. */
    private final int version;

    Setting(String engine, String profile, Duration interval, int version) {
      this.engine = engine;
      this.profile = profile;
      this.interval = interval;
      this.version = version;
    }

    @Override
    public String engine() {
      return engine;
    }

    @Override
    public String profile() {
      return profile;
    }

    @Override
    public Engine on(Machines machines) {
      return new Keepalived(machines, this);
    }
  }

  private final Machines machines;
  private final Setting setting;

  private Keepalived(Machines machines, Setting setting) {
    this.machines = machines;
    this.setting = setting;
  }

  public static void main(String[] arguments) {
    PeerBench.run(List.of(Setting.values()), arguments, "keepalived");
  }

  @Override
  public Duration interval() {
    return setting.interval;
  }

  @Override
  public Client client() throws Exception {
    return machines.clientOfSharedAddress();
  }

  @Override
  public void begin() throws Exception {
    machines.startWriters();
    begin("a", "MASTER", 100);
    machines.await("a has the address", () -> machines.holds("a"));
    begin("b", "BACKUP", 90);
  }

  private void begin(String host, String state, int priority) throws IOException {
    Path home = machines.home(host);
    Path configuration = home.resolve("keepalived.conf");
    long millis = setting.interval.toMillis();
    Files.writeString(
        configuration,
        """
        global_defs {
          router_id %s
          vrrp_version %d
          script_user root
        }
        vrrp_instance pair {
          state %s
          interface eth0
          virtual_router_id 51
          priority %d
          advert_int %s
          virtual_ipaddress { %s/24 dev eth0 }
        }
        """
            .formatted(
                host,
                setting.version,
                state,
                priority,
                millis % 1000 == 0 ? Long.toString(millis / 1000) : Double.toString(millis / 1e3),
                machines.shared()));
    machines.start(
        host,
        List.of(
            "keepalived",
            "--dont-fork",
            "--log-console",
            "--vrrp",
            "--use-file=" + configuration,
            "--pid=" + home.resolve("pid"),
            "--vrrp_pid=" + home.resolve("vrrp")));
  }

  /** Its daemon is stopped politely. */
  @Override
  public void handOver() throws Exception {
    ProcessSignal.TERM.send(List.of(pid()));
  }

  @Override
  public List<Long> daemons(String host) throws Exception {
    return ProcessSignal.treeOf(ProcessHandle.of(pid()).orElseThrow());
  }

  private long pid() throws IOException {
    return Long.parseLong(Files.readString(machines.home("a").resolve("pid")).strip());
  }
}
