package understudy.sync;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import understudy.config.DatasetConfig;
import understudy.failover.NodeName;
import understudy.time.SystemClock;

/**
 * A node in a process of its own, to be killed or to run with fewer rights: {@code follow ROOT
 * STATE PORT} pulls until it is killed, {@code once …} pulls once, {@code serve ROOT STATE} serves
 * on a port that it prints.
 */
final class ChildNode {
  private ChildNode() {}

  static Process start(boolean isWithoutPrivileges, String... arguments) throws IOException {
    boolean isRoot = System.getProperty("user.name", "").equals("root");
    return start(
        isWithoutPrivileges && isRoot
            ? List.of(
                "setpriv", "--bounding-set", "-dac_override,-dac_read_search,-chown,-mknod,-fowner")
            : List.of(),
        List.of("-XX:TieredStopAtLevel=1"),
        arguments);
  }

  /** With a heap of that size; one that needs more dies. */
  static Process startSmall(int heapMebibytes, String... arguments) throws IOException {
    List<String> small = List.of("-Xmx" + heapMebibytes + "m", "-XX:+ExitOnOutOfMemoryError");
    return start(List.of(), small, arguments);
  }

  private static Process start(List<String> before, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ChildNode.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  public static void main(String[] args) throws IOException {
    DatasetConfig config =
        new DatasetConfig(
            SyncLab.DATASET,
            Path.of(args[1]),
            new DatasetConfig.Schedule.Continuous(Duration.ofSeconds(1)),
            DatasetConfig.Selection.EVERYTHING);
    try (SyncEngine engine =
        new SyncEngine(
            Path.of(args[2]), List.of(config), new NodeName("child"), new SystemClock())) {
      say("open");
      switch (args[0]) {
        case "serve" -> serve(engine);
        case "once" -> say("result " + pull(engine, args[3]));
        default -> {
          while (true) {
            pull(engine, args[3]);
          }
        }
      }
    }
  }

  private static void say(String word) {
    System.out.println(word);
    System.out.flush();
  }

  private static SyncResult pull(SyncEngine engine, String port) {
    return engine.pull(
        SyncLab.DATASET,
        () -> SyncLab.connect(Integer.parseInt(port)),
        PullOptions.USUAL.forced(),
        progress -> {});
  }

  private static void serve(SyncEngine engine) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      say("port " + server.getLocalPort());
      while (true) {
        try (Socket socket = server.accept()) {
          engine.serve(
              socket.getInputStream(),
              socket.getOutputStream(),
              new NodeName("other"),
              SyncLab.TERM,
              (_, _) -> {});
        }
      }
    }
  }
}
