package understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import understudy.cli.Line.Answer;

/** What may come back over the socket, well formed or not. */
class LocalLineTest {
  @TempDir Path directory;
  private Path socket = Path.of("unset");

  @BeforeEach
  void place() {
    socket = directory.resolve("s.sock");
  }

  @Test
  void aBodyByLengthInChunksOrUpToTheEndIsReadAlike() throws Exception {
    assertThat(answerTo(lines("HTTP/1.1 200 OK", "Content-Length: 5", "", "hello more")))
        .isEqualTo(new Answer(200, "hello"));
    assertThat(
            answerTo(
                lines(
                    "HTTP/1.1 202 Accepted",
                    "Transfer-Encoding: chunked",
                    "",
                    "3;x=y",
                    "hel",
                    "A",
                    "lo, world!",
                    "0",
                    "Trailer: t",
                    "",
                    "")))
        .isEqualTo(new Answer(202, "hello, world!"));
    assertThat(answerTo(lines("HTTP/1.1 503 No", "Connection: close", "", "hello")))
        .isEqualTo(new Answer(503, "hello"));
    assertThat(
            answerTo(
                lines(
                    "HTTP/1.1 100 Continue", "", "HTTP/1.1 200 OK", "content-length: 2", "", "ok")))
        .isEqualTo(new Answer(200, "ok"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SSH-2.0-hello\\n | this is no HTTP answer: 'SSH-2.0-hello'",
        "HTTP/1.1 200 OK\\nnonsense\\n\\n | this is no header: 'nonsense'",
        "HTTP/1.1 200 OK\\nContent-Length: 9\\n\\nabc | the answer ended after 3 of 9 bytes",
        "HTTP/1.1 200 OK\\nContent-Length: -1\\n\\n | the answer is over 16777216 bytes",
        "HTTP/1.1 200 OK\\nContent-Length: x\\n\\n | this is no length: 'x'",
        "HTTP/1.1 200 OK\\nContent-Length: 99999999999\\n\\n | the answer is over 16777216 bytes",
        "HTTP/1.1 200 OK\\nTransfer-Encoding: chunked\\n\\nFFFFFFFF\\n | the answer is over"
            + " 16777216 bytes",
        "HTTP/1.1 200 OK\\nTransfer-Encoding: chunked\\n\\n1\\nab\\n | a chunk is longer than it"
            + " said",
        "HTTP/1.1 200 | the connection was closed in the middle of an answer",
      })
  void aBrokenAnswerIsSaidToBeBroken(String answer, String reason) throws Exception {
    try (FixedDaemon daemon = daemon(answer.replace("\\n", "\r\n"))) {
      assertThatThrownBy(() -> line(Duration.ofSeconds(10)).exchange("GET", "/", Optional.empty()))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("(" + reason + ")");
      assertThat(daemon.requests()).containsExactly("GET /");
    }
  }

  @Test
  void anEndlessHeadIsCutOff() throws Exception {
    try (FixedDaemon daemon = daemon("HTTP/1.1 200 OK\r\nX: " + "x".repeat(40_000))) {
      assertThatThrownBy(() -> line(Duration.ofSeconds(10)).exchange("GET", "/", Optional.empty()))
          .hasMessageContaining("the head of the answer is over 32768 bytes");
      assertThat(daemon.requests()).hasSize(1);
    }
  }

  @Test
  void aDaemonThatHangsIsNotWaitedForForever() throws IOException {
    try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      deaf.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> line(Duration.ofMillis(200)).exchange("GET", "/", Optional.empty()))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> assertThat(failure.code()).isEqualTo(ExitCode.DAEMON_UNREACHABLE))
          .hasMessageContaining("(no answer within 200 ms)");
    }
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines);
  }

  private Answer answerTo(String raw) throws Exception {
    try (FixedDaemon daemon = daemon(raw)) {
      Answer answer = line(Duration.ofSeconds(10)).exchange("GET", "/", Optional.empty());
      assertThat(daemon.requests()).containsExactly("GET /");
      return answer;
    } finally {
      Files.deleteIfExists(socket);
    }
  }

  private FixedDaemon daemon(String raw) throws IOException {
    return new FixedDaemon(socket).raw("GET /", raw);
  }

  private LocalLine line(Duration patience) {
    return new LocalLine(socket, directory, _ -> patience);
  }
}
