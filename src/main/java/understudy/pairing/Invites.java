package understudy.pairing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import understudy.config.Endpoint;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Fingerprint;

/**
 * The invites that this node gave out, in memory, secrets only as hashes. Each is good once and for
 * 15 minutes; a restart voids them all. Safe from any thread.
 */
final class Invites {
  static final Duration GOOD_FOR = Duration.ofMinutes(15);
  static final int MOST_TRIES = 5;
  private static final int MOST = 16;

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Given> given =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Given> eldest) {
          return size() > MOST;
        }
      };

  Invites(Clock clock) {
    this.clock = clock;
  }

  /** What became of a presented secret. */
  enum Judgement {
    GOOD,
    UNKNOWN,
    EXPIRED,
    USED,
    WRONG_SECRET,
    TOO_MANY_TRIES
  }

  private static final class Given {
    final byte[] hash;
    final Moment made;
    int tries;
    boolean isUsed;

    Given(byte[] hash, Moment made) {
      this.hash = hash;
      this.made = made;
    }
  }

  synchronized Invite give(Fingerprint fingerprint, String cluster, List<Endpoint> addresses) {
    byte[] id = new byte[8];
    byte[] secret = new byte[32];
    random.nextBytes(id);
    random.nextBytes(secret);
    Invite invite =
        new Invite(
            HexFormat.of().formatHex(id),
            HexFormat.of().formatHex(secret),
            fingerprint,
            cluster,
            addresses,
            clock.wall().plus(GOOD_FOR));
    given.put(invite.id(), new Given(hash(invite.secret()), clock.now()));
    return invite;
  }

  /** Looks at a presented secret; a wrong one counts against the invite. */
  synchronized Judgement judge(String id, String secret) {
    Given invite = given.get(id);
    if (invite == null) {
      return Judgement.UNKNOWN;
    }
    if (invite.tries >= MOST_TRIES) {
      return Judgement.TOO_MANY_TRIES;
    }
    if (!MessageDigest.isEqual(invite.hash, hash(secret))) {
      invite.tries++;
      return Judgement.WRONG_SECRET;
    }
    if (invite.isUsed) {
      return Judgement.USED;
    }
    return invite.made.until(clock.now()).compareTo(GOOD_FOR) > 0
        ? Judgement.EXPIRED
        : Judgement.GOOD;
  }

  /** Takes the invite for good; false when somebody else was faster. */
  synchronized boolean use(String id) {
    Given invite = given.get(id);
    if (invite == null || invite.isUsed) {
      return false;
    }
    invite.isUsed = true;
    return true;
  }

  private static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }
}
