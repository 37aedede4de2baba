package understudy.sync;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import understudy.config.DatasetConfig;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.linux.Directory;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.time.SystemClock;

/** Two engines on this machine with real trees, joined by real sockets on loopback. */
final class SyncLab implements AutoCloseable {
  static final String DATASET = "files";
  static final Term TERM = new Term(7);

  final Path home;
  final Side alpha;
  final Side beta;
  private final List<Closeable> closing = new ArrayList<>();

  SyncLab() throws IOException {
    this(DatasetConfig.Selection.EVERYTHING);
  }

  SyncLab(DatasetConfig.Selection selection) throws IOException {
    this.home = Files.createTempDirectory("understudy-sync");
    this.alpha = new Side("alpha", selection);
    this.beta = new Side("beta", selection);
  }

  /** One node. */
  final class Side {
    final NodeName name;
    final Path root;
    final Path state;
    private final DatasetConfig.Selection selection;
    private SyncEngine engine;

    Side(String name, DatasetConfig.Selection selection) throws IOException {
      this.name = new NodeName(name);
      this.root = home.resolve(name + "/data");
      this.state = home.resolve(name + "/state");
      this.selection = selection;
      Files.createDirectories(root);
      this.engine = open(Effects.NONE);
    }

    private SyncEngine open(Effects effects) throws IOException {
      return open(effects, new SystemClock());
    }

    private SyncEngine open(Effects effects, Clock clock) throws IOException {
      return new SyncEngine(state, List.of(config()), name, clock, effects);
    }

    DatasetConfig config() {
      return new DatasetConfig(
          DATASET, root, new DatasetConfig.Schedule.Continuous(Duration.ofSeconds(1)), selection);
    }

    SyncEngine engine() {
      return engine;
    }

    /** Closes the engine and opens it again over the same directories. */
    SyncEngine reopen(Effects effects) throws IOException {
      engine.close();
      engine = open(effects);
      return engine;
    }

    /** As {@link #reopen(Effects)}, with a wall clock that is wrong by that much. */
    SyncEngine reopen(Duration wrongBy) throws IOException {
      engine.close();
      SystemClock right = new SystemClock();
      Clock wrong =
          new Clock() {
            @Override
            public Moment now() {
              return right.now();
            }

            @Override
            public Instant wall() {
              return right.wall().plus(wrongBy);
            }
          };
      engine = open(Effects.NONE, wrong);
      return engine;
    }

    /** Listens on loopback until the lab is closed. */
    StreamOpener listening() throws IOException {
      ServerSocket server = server();
      closing.add(server);
      return () -> connect(server.getLocalPort());
    }

    /** Serves on loopback until that is closed. */
    ServerSocket server() throws IOException {
      ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
      Thread.ofPlatform().daemon().start(() -> accept(server));
      return server;
    }

    private void accept(ServerSocket server) {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          Thread.ofPlatform().daemon().start(() -> serve(socket));
        } catch (SocketException closed) {
          return;
        } catch (IOException failed) {
          lastServeFailure.set(failed);
        }
      }
    }

    final AtomicReference<Throwable> lastServeFailure = new AtomicReference<>();

    private void serve(Socket socket) {
      try (socket) {
        engine.serve(
            socket.getInputStream(),
            socket.getOutputStream(),
            new NodeName("other"),
            TERM,
            (_, _) -> {});
      } catch (IOException | RuntimeException failed) {
        lastServeFailure.set(failed);
      }
    }

    /** Pulls from the other side. */
    SyncResult pullFrom(Side other) throws IOException {
      return pullFrom(other, PullOptions.USUAL);
    }

    SyncResult pullFrom(Side other, PullOptions options) throws IOException {
      return engine.pull(DATASET, other.listening(), options, progress -> {});
    }

    /** Looks at everything, as no watcher is told of mounts and mappings. */
    SyncResult pullThoroughlyFrom(Side other) throws IOException {
      return engine.pull(
          DATASET, other.listening(), PullOptions.USUAL, progress -> {}, Eagerness.THOROUGH);
    }
  }

  static SyncStream connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    return stream(socket);
  }

  static SyncStream stream(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    return new SyncStream() {
      @Override
      public InputStream in() {
        return in;
      }

      @Override
      public OutputStream out() {
        return out;
      }

      @Override
      public void close() throws IOException {
        socket.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : closing) {
      each.close();
    }
    alpha.engine.close();
    beta.engine.close();
    Path name = home.getFileName();
    if (name != null) {
      try (Directory parent = Directory.open(home.toAbsolutePath().resolve(".."))) {
        Reserved.removeAll(parent, Reserved.ascii(name.toString()));
      }
    }
  }
}
