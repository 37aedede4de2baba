package understudy.resource;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace that ends with the test. {@link #in} runs code in it: on a platform thread
 * that entered it, from which threads and child processes inherit it.
 */
public final class Namespace {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final int CLONE_NEWNET = 0x40000000;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LIBC.findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SETNS =
      LINKER.downcallHandle(
          LIBC.findOrThrow("setns"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      LINKER.downcallHandle(LIBC.findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private static final Set<Namespace> OPEN_ONES = ConcurrentHashMap.newKeySet();

  static {
    // a test that fails while it builds its network has nobody to remove it
    Runtime.getRuntime().addShutdownHook(new Thread(Namespace::closeAll));
  }

  private final String name;

  public Namespace() throws Exception {
    Privileges.requireRoot();
    name = "ustest" + ProcessHandle.current().pid() + "n" + COUNT.incrementAndGet();
    run("ip", "netns", "add", name);
    OPEN_ONES.add(this);
    ip("link set lo up");
  }

  public String name() {
    return name;
  }

  /** Runs {@code ip} with these words in the namespace. */
  public String ip(String words) throws Exception {
    return command("ip " + words);
  }

  /** Runs a program in the namespace to its end and returns what it printed. */
  public String command(String words) throws Exception {
    List<String> line = new ArrayList<>(prefix());
    line.addAll(Arrays.asList(words.split(" ", -1)));
    return run(line.toArray(String[]::new));
  }

  /** What to put before a program so that it runs in the namespace. */
  public List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  /** Joins two namespaces by a cable with these interface names at its ends. */
  public static void cable(Namespace one, String here, Namespace other, String there)
      throws Exception {
    run(
        ("ip link add " + here + " netns " + one.name + " type veth peer name " + there)
            .concat(" netns " + other.name)
            .split(" ", -1));
    one.ip("link set " + here + " up");
    other.ip("link set " + there + " up");
  }

  public <T> T in(Callable<T> work) throws Exception {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              enter();
              return work.call();
            });
    Thread.ofPlatform().name("in " + name).start(task);
    try {
      return task.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      if (failed.getCause() instanceof AssertionError assertion) {
        throw assertion;
      }
      throw failed;
    }
  }

  private void enter() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = (int) OPEN.invokeExact(arena.allocateFrom("/run/netns/" + name), 0);
      int failed = (int) SETNS.invokeExact(descriptor, CLONE_NEWNET);
      int closed = (int) CLOSE.invokeExact(descriptor);
      if (failed != 0 || closed != 0) {
        throw new IOException("cannot enter network namespace " + name);
      }
    } catch (IOException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static String run(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", words) + ": " + output);
    }
    return output;
  }

  /** Removes it; what still runs in it keeps it alive unnamed. */
  public void close() throws Exception {
    if (OPEN_ONES.remove(this)) {
      run("ip", "netns", "delete", name);
    }
  }

  private static void closeAll() {
    for (Namespace left : OPEN_ONES) {
      try {
        left.close();
      } catch (Exception failed) {
        System.err.println("network namespace " + left.name + " stays: " + failed);
      }
    }
  }
}
