package understudy.lease;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import understudy.failover.Register;
import understudy.lease.EtcdMessages.KeyValue;
import understudy.lease.EtcdMessages.Range;
import understudy.lease.EtcdMessages.Response;
import understudy.lease.EtcdMessages.Token;
import understudy.lease.EtcdMessages.Transaction;
import understudy.wire.ReceivedJson;

/**
 * The key in an etcd cluster (3.4 or later), through its JSON gateway. Reads and transactions are
 * linearizable, which is etcd's default. The version is the key's modification revision, which
 * never comes back, not even when the key is deleted.
 *
 * @see <a href="https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/">etcd: gRPC gateway</a>
 */
public final class EtcdStore implements Store {
  private static final int LARGEST_ANSWER_BYTES = 64 * 1024;
  private static final int UNAUTHORISED = 401;

  private final List<URI> endpoints;
  private final String key;
  private final Optional<Credentials> credentials;
  private final Duration limit;
  private final HttpClient http;
  private Optional<String> token = Optional.empty();
  private int first;

  /**
   * A store; nothing is asked yet.
   *
   * @param endpoints tried in turn, the one that answered last first
   * @param tls for {@code https} endpoints
   * @param limit for one question to one endpoint
   */
  EtcdStore(
      List<URI> endpoints,
      String key,
      Optional<SSLContext> tls,
      Optional<Credentials> credentials,
      Duration limit) {
    this.endpoints = List.copyOf(endpoints);
    this.key = key;
    this.credentials = credentials;
    this.limit = limit;
    HttpClient.Builder builder =
        HttpClient.newBuilder().connectTimeout(limit).version(HttpClient.Version.HTTP_1_1);
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  @Override
  public String place() {
    return "etcd " + endpoints + ", key " + key;
  }

  @Override
  public Register read() throws IOException {
    String body = "{\"key\":\"" + base64(key) + "\"}";
    return register(ask("/v3/kv/range", body, Range.class));
  }

  @Override
  public Written write(Register wanted) throws IOException {
    String body =
        """
        {"compare":[{"key":"%s","target":"MOD","result":"EQUAL","modRevision":"%d"}],
         "success":[{"requestPut":{"key":"%s","value":"%s"}}],
         "failure":[{"requestRange":{"key":"%s"}}]}
        """
            .formatted(
                base64(key),
                wanted.version(),
                base64(key),
                base64(RegisterText.write(wanted)),
                base64(key));
    Transaction answer = ask("/v3/kv/txn", body, Transaction.class);
    if (Boolean.TRUE.equals(answer.succeeded())) {
      long version =
          Optional.ofNullable(answer.header())
              .map(header -> number(header.revision()))
              .orElseThrow(() -> new IOException(place() + " answered without a revision"));
      return new Written.Taken(
          new Register(
              wanted.holder(), wanted.term(), wanted.released(), wanted.successor(), version));
    }
    Range found =
        Optional.ofNullable(answer.responses()).stream()
            .flatMap(List::stream)
            .flatMap((Response response) -> Optional.ofNullable(response.responseRange()).stream())
            .findFirst()
            .orElseThrow(() -> new IOException(place() + " answered a transaction with nothing"));
    return new Written.Overtaken(register(found));
  }

  private Register register(Range range) throws IOException {
    List<KeyValue> found = Optional.ofNullable(range.kvs()).orElse(List.of());
    if (found.isEmpty()) {
      return Register.ABSENT;
    }
    KeyValue entry = found.getFirst();
    String value = Optional.ofNullable(entry.value()).orElse("");
    try {
      String text = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
      return RegisterText.read(text, number(entry.modRevision()));
    } catch (IllegalArgumentException malformed) {
      throw new IOException(place() + " answered with no base64", malformed);
    }
  }

  private static long number(@org.jspecify.annotations.Nullable String text) {
    return text == null ? 0 : Long.parseLong(text);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Tries every endpoint once. */
  private <T> T ask(String path, String body, Class<T> answer) throws IOException {
    IOException last = new IOException("there is no endpoint");
    for (int i = 0; i < endpoints.size(); i++) {
      int at = (first + i) % endpoints.size();
      try {
        T told = askSigned(endpoints.get(at), path, body, answer);
        first = at;
        return told;
      } catch (IOException failed) {
        last = failed;
      }
    }
    throw last;
  }

  private <T> T askSigned(URI endpoint, String path, String body, Class<T> answer)
      throws IOException {
    if (credentials.isPresent() && token.isEmpty()) {
      signIn(endpoint);
    }
    HttpResponse<InputStream> response = post(endpoint, path, body);
    if (response.statusCode() == UNAUTHORISED && credentials.isPresent()) {
      // A token lives for some minutes only.
      response.body().close();
      signIn(endpoint);
      response = post(endpoint, path, body);
    }
    return parse(endpoint, response, answer);
  }

  private void signIn(URI endpoint) throws IOException {
    Credentials own = credentials.orElseThrow();
    String body = Jsonb.instance().toJson(new SignIn(own.user(), own.password()));
    token = Optional.empty();
    Token told = parse(endpoint, post(endpoint, "/v3/auth/authenticate", body), Token.class);
    token = Optional.ofNullable(told.token());
  }

  /** What etcd is asked for a token with. */
  @io.avaje.jsonb.Json
  record SignIn(String name, String password) {
    @Override
    public String toString() {
      return "sign-in of " + name;
    }
  }

  private HttpResponse<InputStream> post(URI endpoint, String path, String body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.resolve(path))
            .timeout(limit)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    token.ifPresent(known -> request.header("Authorization", known));
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + endpoint, stopping);
    } catch (IOException failed) {
      throw new IOException(
          "etcd at " + endpoint + " does not answer: " + describe(failed), failed);
    }
  }

  private static String describe(IOException failed) {
    return Optional.ofNullable(failed.getMessage()).orElse(failed.getClass().getSimpleName());
  }

  private <T> T parse(URI endpoint, HttpResponse<InputStream> response, Class<T> answer)
      throws IOException {
    String text;
    try (InputStream in = response.body()) {
      text = new String(in.readNBytes(LARGEST_ANSWER_BYTES), StandardCharsets.UTF_8);
    }
    if (response.statusCode() != 200) {
      throw new IOException(
          "etcd at " + endpoint + " refuses with " + response.statusCode() + ": " + text.strip());
    }
    try {
      return ReceivedJson.read(Jsonb.instance().type(answer), text);
    } catch (IOException notUnderstood) {
      throw new IOException("etcd at " + endpoint + " sent no answer of etcd", notUnderstood);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
