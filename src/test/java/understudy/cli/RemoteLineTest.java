package understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks a real HTTPS server with a certificate of its own. */
class RemoteLineTest {
  @TempDir Path directory;

  @Test
  void aTrustedNodeIsAskedWithTheTokenAndAStrangerIsNot() throws Exception {
    Path pem = directory.resolve("node.pem");
    Path token = Files.writeString(directory.resolve("token"), "secret\n");
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpsServer server = server(pem, seen);
    server.start();
    try {
      String address = "127.0.0.1:" + server.getAddress().getPort();
      Map<String, String> environment =
          Map.of(
              "UNDERSTUDY_CERTIFICATE", pem.toString(), "UNDERSTUDY_TOKEN_FILE", token.toString());
      assertThat(
              RemoteLine.to(address, environment)
                  .exchange("POST", "/api/v1/sync", Optional.of("{}")))
          .isEqualTo(new Line.Answer(202, "answer"));
      assertThat(seen).containsExactly("POST /api/v1/sync {} Bearer secret");

      assertThatThrownBy(
              () ->
                  RemoteLine.to("https://" + address, Map.of("UNDERSTUDY_TOKEN", "secret"))
                      .exchange("GET", "/", Optional.empty()))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(ExitCode.DAEMON_UNREACHABLE);
                assertThat(failure.fix().orElse("")).contains("UNDERSTUDY_CERTIFICATE");
              });
      assertThat(seen).as("the token does not go to a stranger").hasSize(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anAddressThatIsNoneIsAMistakeOfTheUser() {
    assertThatThrownBy(() -> RemoteLine.to("host:99999", Map.of()))
        .hasMessage("--node: a port is a number from 0 to 65535, not 99999");
    assertThatThrownBy(
            () -> RemoteLine.to("host", Map.of("UNDERSTUDY_TOKEN_FILE", "/nowhere/token")))
        .hasMessageContaining("cannot read the token in /nowhere/token");
  }

  private static HttpsServer server(Path pem, List<String> seen) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity(pem)));
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          seen.add(
              "%s %s %s %s"
                  .formatted(
                      exchange.getRequestMethod(),
                      exchange.getRequestURI(),
                      body,
                      exchange.getRequestHeaders().getFirst("Authorization")));
          byte[] answer = "answer".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(202, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    return server;
  }

  private static SSLContext identity(Path pem) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500Name("CN=node");
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(now.minusSeconds(60)),
            Date.from(now.plusSeconds(3600)),
            name,
            pair.getPublic());
    String address = InetAddress.getLoopbackAddress().getHostAddress();
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    Files.writeString(
        pem,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("node", pair.getPrivate(), new char[0], new X509Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
