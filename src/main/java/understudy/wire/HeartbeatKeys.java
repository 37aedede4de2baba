package understudy.wire;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Keys for heartbeat datagrams between this node and one member, without any exchange.
 *
 * <p>HKDF-SHA256 (RFC 5869) over the ECDH of the two certificate keys and the cluster secret; the
 * info holds sender, receiver and the sender's session, so each direction of each session has a key
 * of its own and a counter can serve as nonce. Safe from any thread.
 */
public final class HeartbeatKeys {
  static final int SESSION_BYTES = 16;
  private static final int KEY_BYTES = 32;

  private final Fingerprint own;
  private final Fingerprint peer;
  private final byte[] agreed;
  private final ClusterSecret cluster;

  /** Throws {@link IllegalArgumentException} when the peer's key is not on P-256. */
  public HeartbeatKeys(Identity identity, Member member, ClusterSecret cluster) {
    this.own = identity.fingerprint();
    this.peer = member.fingerprint();
    this.cluster = cluster;
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
      agreement.init(identity.key());
      agreement.doPhase(member.certificate().getPublicKey(), true);
      this.agreed = agreement.generateSecret();
    } catch (GeneralSecurityException unfit) {
      throw new IllegalArgumentException(
          "the certificate of " + member.name() + " has no P-256 key", unfit);
    }
  }

  SecretKey sending(byte[] session) {
    return derive(own, peer, session);
  }

  SecretKey receiving(byte[] session) {
    return derive(peer, own, session);
  }

  private SecretKey derive(Fingerprint from, Fingerprint to, byte[] session) {
    String info =
        "understudy heartbeat 1 " + from + " " + to + " " + HexFormat.of().formatHex(session);
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey(
              "AES",
              HKDFParameterSpec.ofExtract()
                  .addIKM(agreed)
                  .addIKM(cluster.secret())
                  .addSalt(cluster.id().getBytes(StandardCharsets.US_ASCII))
                  .thenExpand(info.getBytes(StandardCharsets.US_ASCII), KEY_BYTES));
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }

  static boolean areEqual(byte[] one, byte[] other) {
    return MessageDigest.isEqual(one, other);
  }
}
