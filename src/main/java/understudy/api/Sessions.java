package understudy.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Who is signed in, in memory: a restart signs everybody out. A session ends after 30 idle minutes,
 * and after twelve hours in any case; the thousandth and first ends the one idle longest. Safe from
 * any thread.
 */
final class Sessions {
  static final Duration IDLE = Duration.ofMinutes(30);
  static final Duration LONGEST = Duration.ofHours(12);
  private static final int MOST = 1000;
  private static final int SECRET_BYTES = 32;

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Entry> byId = new LinkedHashMap<>(16, 0.75f, true);

  Sessions(Clock clock) {
    this.clock = clock;
  }

  /**
   * One sign-in.
   *
   * @param id the secret in the cookie
   * @param token must come with each change, so that another site cannot make a browser send one
   */
  record Session(String id, String token, String user, Access access) {
    boolean admits(String presented) {
      return MessageDigest.isEqual(
          token.getBytes(StandardCharsets.UTF_8), presented.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return "session of " + user;
    }
  }

  private record Entry(Session session, Moment opened, Moment used) {}

  synchronized Session open(String user, Access access) {
    Session session = new Session(secret(), secret(), user, access);
    Moment now = clock.now();
    byId.put(session.id(), new Entry(session, now, now));
    if (byId.size() > MOST) {
      byId.remove(byId.keySet().iterator().next());
    }
    return session;
  }

  /** The session of this cookie when it is still valid; counts as use. */
  synchronized Optional<Session> use(String id) {
    Optional<Session> session = peek(id);
    session.ifPresent(
        valid ->
            byId.computeIfPresent(id, (key, old) -> new Entry(valid, old.opened, clock.now())));
    return session;
  }

  /** Likewise, without counting as use: an open page left alone does not keep a session alive. */
  synchronized Optional<Session> peek(String id) {
    Entry entry = byId.get(id);
    if (entry == null) {
      return Optional.empty();
    }
    Moment now = clock.now();
    if (entry.used.until(now).compareTo(IDLE) > 0
        || entry.opened.until(now).compareTo(LONGEST) > 0) {
      byId.remove(id);
      return Optional.empty();
    }
    return Optional.of(entry.session);
  }

  synchronized void close(String id) {
    byId.remove(id);
  }

  private String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
