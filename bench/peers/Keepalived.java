import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import understudy.demo.lab.ProcessSignal;

/**
 * Measures keepalived in the lab of the demo: VRRP between hosts a and b.
 *
 * <pre>bench/run keepalived [RUNS]</pre>
 */
public final class Keepalived implements Engine {
  /**
   * What it is set beside: its defaults; equal heartbeats; and equal silence before a takeover,
   * which is three advertisements and a bit.
   */
  private enum Setting {
    DEFAULT("keepalived", "default", Duration.ofSeconds(1), 2),
    FAST("keepalived", "fast", Duration.ofMillis(100), 3),
    EQUAL_SILENCE("keepalived-300ms", "fast", Duration.ofMillis(300), 3);

    final String engine;
    final String profile;
    final Duration interval;

    /** Of the protocol; version 2 knows whole seconds only. */
    final int version;

    Setting(String engine, String profile, Duration interval, int version) {
      this.engine = engine;
      this.profile = profile;
      this.interval = interval;
      this.version = version;
    }
  }

  private final PeerBench lab;
  private final Setting setting;

  private Keepalived(PeerBench lab, Setting setting) {
    this.lab = lab;
    this.setting = setting;
  }

  public static void main(String[] arguments) throws Exception {
    int runs = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
    if (PeerBench.isInstalled("keepalived", "keepalived")) {
      for (Setting setting : Setting.values()) {
        PeerBench.measure(lab -> new Keepalived(lab, setting), runs);
      }
    }
  }

  @Override
  public String name() {
    return setting.engine;
  }

  @Override
  public String profile() {
    return setting.profile;
  }

  @Override
  public Duration interval() {
    return setting.interval;
  }

  @Override
  public void begin() throws Exception {
    begin("a", "MASTER", 100);
    lab.await("a has the address", () -> lab.holds("a"));
    begin("b", "BACKUP", 90);
  }

  private void begin(String host, String state, int priority) throws IOException {
    Path home = lab.home(host);
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
                lab.shared()));
    lab.start(
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
    return Long.parseLong(Files.readString(lab.home("a").resolve("pid")).strip());
  }
}
