package understudy.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import understudy.failover.Input;
import understudy.failover.Register;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.time.SystemClock;

class AskingTest {
  private static final Moment NOW = new Moment(0);

  /** Fails in a way that nobody foresaw, once. */
  private static final class StumblingStore implements Store {
    private boolean stumbled;

    @Override
    public Register read() {
      if (!stumbled) {
        stumbled = true;
        throw new IllegalStateException("nobody foresaw this");
      }
      return Register.ABSENT;
    }

    @Override
    public Written write(Register wanted) {
      throw new AssertionError("nothing is written here");
    }

    @Override
    public String place() {
      return "nowhere";
    }

    @Override
    public void close() {}
  }

  @Test
  void aBugIsAnAnswerAndTheNextQuestionIsAsked() throws Exception {
    Clock clock = new SystemClock();
    BlockingQueue<Input> answers = new LinkedBlockingQueue<>();
    try (var asking =
        new Asking(new StumblingStore(), clock, answer -> answers.add(answer.apply(NOW)))) {
      asking.start();

      asking.read();
      assertThat(answers.poll(10, TimeUnit.SECONDS))
          .isEqualTo(
              new Input.RegisterFailed(
                  NOW,
                  "it could not be asked: java.lang.IllegalStateException: nobody foresaw this"));

      asking.read();
      assertThat(answers.poll(10, TimeUnit.SECONDS))
          .isEqualTo(new Input.RegisterSeen(NOW, Register.ABSENT));
    }
  }
}
