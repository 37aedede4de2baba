package understudy.demo.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A real {@link NumberedWriter} in a process of its own, on loopback. */
final class Service implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final InetSocketAddress address;

  private Service(Process process, BufferedReader output, int port) {
    this.process = process;
    this.output = output;
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Starts one and waits until it listens. Port 0: the kernel chooses. */
  static Service start(String node, Path directory, int port) throws IOException {
    Process process = launch(node, directory, port);
    BufferedReader output = process.inputReader(StandardCharsets.US_ASCII);
    String line = output.readLine();
    if (line == null || !line.startsWith("listening ")) {
      process.destroyForcibly();
      throw new IOException("the service said " + line);
    }
    return new Service(process, output, Integer.parseInt(line.substring("listening ".length())));
  }

  /** Starts one and does not wait. */
  static Process launch(String node, Path directory, int port) throws IOException {
    List<String> command = JavaProgram.numberedWriter(node, directory, "127.0.0.1", port);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.PIPE).start();
  }

  InetSocketAddress address() {
    return address;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** One request over a connection of its own; null when the connection ended without an answer. */
  @Nullable String ask(String request) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write((request + "\n").getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[256];
      int length = 0;
      int read = socket.getInputStream().read(answer);
      while (read > 0 && answer[length + read - 1] != '\n') {
        length += read;
        read = socket.getInputStream().read(answer, length, answer.length - length);
      }
      return read < 0 ? null : new String(answer, 0, length + read - 1, StandardCharsets.US_ASCII);
    }
  }

  /** Kill -9; returns when it is gone. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() throws IOException {
    kill();
    output.close();
  }
}
