package understudy.wire;

import io.avaje.jsonb.Json;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.NodeName;

/**
 * The form of {@code members.json} and of member lists between nodes.
 *
 * @param newcomer joined last and was not heard yet; null: all were
 */
@Json
public record MembersDocument(
    String cluster, String secret, List<Row> peers, @Nullable String newcomer) {

  /** One node; the certificate as base64 of its DER form. */
  @Json
  public record Row(
      String name,
      String designation,
      String certificate,
      List<String> addresses,
      List<String> links) {

    public static Row of(Member member) {
      try {
        return new Row(
            member.name().value(),
            member.designation().word(),
            Base64.getEncoder().encodeToString(member.certificate().getEncoded()),
            member.addresses().stream().map(Endpoint::toString).toList(),
            member.links());
      } catch (CertificateEncodingException damaged) {
        throw new IllegalArgumentException("certificate of " + member.name(), damaged);
      }
    }

    /** Throws {@link IllegalArgumentException} that says what is wrong. */
    public Member member() {
      try {
        return new Member(
            new NodeName(name),
            Designation.valueOf(designation.toUpperCase(Locale.ROOT)),
            Certificates.fromDer(Base64.getDecoder().decode(certificate)),
            addresses.stream().map(Endpoint::parse).toList(),
            links);
      } catch (CertificateException damaged) {
        throw new IllegalArgumentException("certificate of " + name, damaged);
      }
    }
  }
}
