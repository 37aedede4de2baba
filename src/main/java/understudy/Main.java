package understudy;

/** Entry point: the first word chooses what runs. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("understudy");
  }
}
