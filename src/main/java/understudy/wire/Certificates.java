package understudy.wire;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import understudy.failover.NodeName;

/** Makes and reads X.509 certificates. */
public final class Certificates {
  private static final Duration VALID = Duration.ofDays(3652);
  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofDays(2);
  private static final int LARGEST_DER_BYTES = 16 * 1024;
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

  private Certificates() {}

  /**
   * A self-signed certificate, valid ten years from two days ago.
   *
   * @param hosts names and addresses by which others reach the node
   */
  static X509Certificate selfSigned(KeyPair keys, NodeName name, List<String> hosts)
      throws GeneralSecurityException {
    Instant from = Instant.now().minus(CLOCKS_MAY_DIFFER);
    X500Name subject = new X500Name("CN=" + name + ",O=Understudy");
    BigInteger serial = new BigInteger(127, new SecureRandom()).setBit(126);
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            subject,
            serial,
            Date.from(from),
            Date.from(from.plus(VALID)),
            subject,
            keys.getPublic());
    try {
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(
              Extension.keyUsage,
              true,
              new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyAgreement))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(
                  new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                  }))
          .addExtension(Extension.subjectAlternativeName, false, names(name, hosts));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (CertIOException | OperatorCreationException notMade) {
      throw new GeneralSecurityException("cannot make the certificate of " + name, notMade);
    }
  }

  private static GeneralNames names(NodeName name, List<String> hosts) {
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.dNSName, name.value()));
    for (String host : hosts) {
      boolean isAddress = ADDRESS.matcher(host).matches();
      names.add(new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  /** Reads one DER certificate of at most 16 KiB. */
  public static X509Certificate fromDer(byte[] der) throws CertificateException {
    if (der.length > LARGEST_DER_BYTES) {
      throw new CertificateException("a certificate of " + der.length + " bytes is too large");
    }
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  static String pem(String label, byte[] der) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
  }

  /** The first block with this label; throws when there is none. */
  static byte[] fromPem(String label, String text) throws GeneralSecurityException {
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      if (blocks.group(1).equals(label)) {
        return Base64.getMimeDecoder().decode(blocks.group(2));
      }
    }
    throw new GeneralSecurityException("no block " + label);
  }
}
