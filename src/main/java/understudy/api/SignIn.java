package understudy.api;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks name and password, and slows down guessing. */
final class SignIn {
  private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);
  private static final int LONGEST_NAME = 64;

  private final Users users;
  private final Sessions sessions;
  private final Lockout lockout;

  SignIn(Users users, Sessions sessions, Lockout lockout) {
    this.users = users;
    this.sessions = sessions;
    this.lockout = lockout;
  }

  /** What came of it. */
  sealed interface Outcome {
    /** Signed in. */
    record Open(Sessions.Session session) implements Outcome {}

    /** Wrong name or password; which one is not said. */
    record Wrong() implements Outcome {}

    /** Too many failures; the right password does not help now either. */
    record Locked() implements Outcome {}
  }

  Outcome attempt(String name, String password, String address) throws IOException {
    String shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    if (!lockout.begin(shown, address)) {
      return new Outcome.Locked();
    }
    Optional<Access> access = check(shown, password, address);
    if (access.isEmpty()) {
      LOG.warn("sign-in of '{}' from {} failed", printable(shown), address);
      return new Outcome.Wrong();
    }
    lockout.succeeded(shown, address);
    LOG.info("{} signed in from {}", shown, address);
    return new Outcome.Open(sessions.open(shown, access.get()));
  }

  private Optional<Access> check(String name, String password, String address) throws IOException {
    try {
      return users.check(name, password.toCharArray());
    } catch (IOException unreadable) {
      lockout.takeBack(name, address);
      throw unreadable;
    }
  }

  void out(Sessions.Session session) {
    sessions.close(session.id());
  }

  static void setCookie(Exchange exchange, Sessions.Session session) {
    exchange.set(
        "Set-Cookie",
        Callers.COOKIE + "=" + session.id() + "; Path=/; Secure; HttpOnly; SameSite=Strict");
  }

  static void clearCookie(Exchange exchange) {
    exchange.set(
        "Set-Cookie", Callers.COOKIE + "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
  }

  private static String printable(String name) {
    return name.replaceAll("[^\\x21-\\x7e]", "?");
  }
}
