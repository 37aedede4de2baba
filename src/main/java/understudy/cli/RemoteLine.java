package understudy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.config.Endpoint;

/**
 * A daemon on another machine: its API over TLS, with a bearer token from the environment or a
 * file, never from the arguments, where everybody could read it.
 */
final class RemoteLine implements Line {
  private static final int MOST_BODY_BYTES = 16 * 1024 * 1024;
  private static final int USUAL_PORT = 7443;

  private final URI place;
  private final Optional<String> token;
  private final HttpClient client;

  private RemoteLine(URI place, Optional<String> token, HttpClient client) {
    this.place = place;
    this.token = token;
    this.client = client;
  }

  /**
   * Prepares to talk; connects with the first request.
   *
   * @param address host, host:port or https://host:port
   */
  static RemoteLine to(String address, Map<String, String> environment) throws Failure {
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(PATIENCE);
    String certificate = environment.get("UNDERSTUDY_CERTIFICATE");
    if (certificate != null) {
      try {
        client.sslContext(TrustedCertificate.only(Path.of(certificate)));
      } catch (IOException | GeneralSecurityException unusable) {
        throw new Failure(
            ExitCode.FAILED,
            "cannot trust the certificate in " + certificate + ": " + unusable.getMessage(),
            "let UNDERSTUDY_CERTIFICATE name a PEM file",
            unusable);
      }
    }
    return new RemoteLine(place(address), token(environment), client.build());
  }

  private static URI place(String address) throws Failure {
    String plain = address.startsWith("https://") ? address.substring(8) : address;
    try {
      boolean hasPort = plain.matches(".*[^:]:\\d+|\\[.*\\]:\\d+");
      Endpoint endpoint = Endpoint.parse(hasPort ? plain : plain + ":" + USUAL_PORT);
      return URI.create("https://" + endpoint);
    } catch (IllegalArgumentException wrong) {
      throw new Failure(
          ExitCode.USAGE, "--node: " + wrong.getMessage(), "write --node HOST:PORT", wrong);
    }
  }

  private static Optional<String> token(Map<String, String> environment) throws Failure {
    String file = environment.get("UNDERSTUDY_TOKEN_FILE");
    if (file == null) {
      return Optional.ofNullable(environment.get("UNDERSTUDY_TOKEN"));
    }
    try {
      return Optional.of(Files.readString(Path.of(file)).strip());
    } catch (IOException unreadable) {
      throw new Failure(
          ExitCode.FAILED,
          "cannot read the token in " + file + ": " + unreadable,
          "let UNDERSTUDY_TOKEN_FILE name a readable file",
          unreadable);
    }
  }

  @Override
  public Answer exchange(String method, String target, Optional<String> body) throws Failure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(place.resolve(target))
            .timeout(Line.patience(target))
            .header("Accept", "application/json")
            .method(method, body.map(BodyPublishers::ofString).orElse(BodyPublishers.noBody()));
    body.ifPresent(present -> request.header("Content-Type", "application/json"));
    return answer(request);
  }

  @Override
  public Answer send(String method, String target, String yaml, Map<String, String> headers)
      throws Failure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(place.resolve(target))
            .timeout(Line.patience(target))
            .header("Accept", "application/json")
            .header("Content-Type", "application/yaml")
            .method(method, BodyPublishers.ofString(yaml));
    headers.forEach(request::header);
    return answer(request);
  }

  private Answer answer(HttpRequest.Builder request) throws Failure {
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        byte[] content = in.readNBytes(MOST_BODY_BYTES);
        return new Answer(response.statusCode(), new String(content, StandardCharsets.UTF_8));
      }
    } catch (IOException broken) {
      throw unreachable(broken);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw unreachable(interrupted);
    }
  }

  private Failure unreachable(Exception cause) {
    boolean untrusted = cause instanceof javax.net.ssl.SSLException;
    String reason = reason(cause);
    return new Failure(
        ExitCode.DAEMON_UNREACHABLE,
        "no answer from " + place + " (" + reason + ")",
        untrusted
            ? "let UNDERSTUDY_CERTIFICATE name a PEM file with the certificate of that node"
            : "check the address, the firewall and that the daemon runs there",
        cause);
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause == null) {
      return "no reason given";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
