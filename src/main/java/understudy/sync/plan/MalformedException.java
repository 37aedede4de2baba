package understudy.sync.plan;

/** Bytes from a peer or from the disk that no node of ours would have written. */
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedException(String what) {
    super(what);
  }
}
