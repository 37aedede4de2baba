package understudy.resource.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Does a TCP port answer? */
final class TcpQuestion {
  private TcpQuestion() {}

  /** What came back. */
  sealed interface Answer {
    /** The connection opened. */
    record Open() implements Answer {}

    /** The host is alive and nothing listens there. */
    record Refused() implements Answer {}

    record Nothing(String reason) implements Answer {}
  }

  static Answer ask(InetSocketAddress to, Duration within) {
    if (to.isUnresolved()) {
      return new Answer.Nothing("the name " + to.getHostString() + " does not resolve");
    }
    try (Socket socket = new Socket()) {
      socket.connect(to, Math.max(1, (int) within.toMillis()));
      return new Answer.Open();
    } catch (SocketTimeoutException silent) {
      return new Answer.Nothing("no answer within " + within.toMillis() + " ms");
    } catch (NoRouteToHostException unreachable) {
      return new Answer.Nothing("no route to host");
    } catch (ConnectException failed) {
      String reason = String.valueOf(failed.getMessage());
      return reason.contains("refused") ? new Answer.Refused() : new Answer.Nothing(reason);
    } catch (IOException failed) {
      return new Answer.Nothing(String.valueOf(failed.getMessage()));
    }
  }
}
