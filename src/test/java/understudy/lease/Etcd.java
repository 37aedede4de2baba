package understudy.lease;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import understudy.FreePort;

/** Debian's etcd as a process of its own on loopback. */
public final class Etcd implements AutoCloseable {
  private static final Duration START_WITHIN = Duration.ofSeconds(60);

  private final Process process;
  private final URI endpoint;

  private Etcd(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /**
   * Starts one with {@code more} options, on {@code scheme}, with its data in {@code directory}.
   */
  public static Etcd start(Path directory, String scheme, String... more)
      throws IOException, InterruptedException {
    int client = FreePort.next();
    int peer = FreePort.next();
    String endpoint = scheme + "://127.0.0.1:" + client;
    List<String> command = new ArrayList<>(List.of("etcd", "--name", "test"));
    command.addAll(List.of("--data-dir", directory.resolve("etcd").toString()));
    command.addAll(List.of("--listen-client-urls", endpoint, "--advertise-client-urls", endpoint));
    command.addAll(List.of("--listen-peer-urls", "http://127.0.0.1:" + peer));
    command.addAll(List.of("--initial-advertise-peer-urls", "http://127.0.0.1:" + peer));
    command.addAll(List.of("--initial-cluster", "test=http://127.0.0.1:" + peer));
    command.addAll(List.of(more));
    Path log = directory.resolve("etcd.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var etcd = new Etcd(process, URI.create(endpoint));
    long deadline = System.nanoTime() + START_WITHIN.toNanos();
    while (!isServing(log)) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        etcd.close();
        throw new IOException("etcd does not start: " + Files.readString(log));
      }
      Thread.sleep(20);
    }
    return etcd;
  }

  /** It listens before it has a leader; only after that it answers in time. */
  private static boolean isServing(Path log) throws IOException {
    return Files.readString(log).contains("ready to serve client requests");
  }

  public URI endpoint() {
    return endpoint;
  }

  /** Freezes the process: connections stay open and nothing answers. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
