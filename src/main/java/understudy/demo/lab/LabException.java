package understudy.demo.lab;

/** The machine refused something that the lab needs; the message says what was tried on what. */
public final class LabException extends Exception {
  public LabException(String message) {
    super(message);
  }

  public LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
