package understudy.api;

/** Who asks. */
sealed interface Caller {

  /** What the caller may do. */
  Access access();

  /** For the journal. */
  String name();

  /** Not signed in. */
  record Stranger() implements Caller {
    @Override
    public Access access() {
      return Access.OPEN;
    }

    @Override
    public String name() {
      return "nobody";
    }
  }

  /** On the Unix socket: the owner of this machine. */
  record Local() implements Caller {
    @Override
    public Access access() {
      return Access.ADMIN;
    }

    @Override
    public String name() {
      return "root (local)";
    }
  }

  /**
   * Signed in.
   *
   * @param byCookie false: by a header that no browser sends on its own
   */
  record SignedIn(Sessions.Session session, boolean byCookie) implements Caller {
    @Override
    public Access access() {
      return session.access();
    }

    @Override
    public String name() {
      return session.user();
    }
  }
}
