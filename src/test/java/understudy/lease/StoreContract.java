package understudy.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.NodeName;
import understudy.failover.Register;
import understudy.failover.Term;
import understudy.lease.Store.Written;

/** What every store must do; a subclass runs the real server. */
abstract class StoreContract {
  private static final NodeName ALPHA = new NodeName("alpha");
  private static final NodeName BETA = new NodeName("beta");
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A client of its own of one running server. */
  abstract Store open(String key, Duration limit) throws IOException;

  /** One that waits for an answer, however long the disk takes. */
  final Store open(String key) throws IOException {
    return open(key, PATIENCE);
  }

  /** Stops the server for the rest of the test. */
  abstract void stop() throws Exception;

  private static Register taken(Written written) {
    assertThat(written).isInstanceOf(Written.Taken.class);
    return ((Written.Taken) written).register();
  }

  @Test
  void aKeyThatNobodyWroteIsAbsent() throws IOException {
    try (Store store = open("/us-test/absent")) {
      assertThat(store.read()).isEqualTo(Register.ABSENT);
    }
  }

  @Test
  void whatIsWrittenIsReadByAnotherClient() throws IOException {
    try (Store one = open("/us-test/shared/key");
        Store other = open("/us-test/shared/key")) {
      Register held = taken(one.write(Register.held(ALPHA, new Term(7), 0)));

      assertThat(other.read()).isEqualTo(held);
      assertThat(held.holder()).contains(ALPHA);
      assertThat(held.term()).isEqualTo(new Term(7));
    }
  }

  @Test
  void onlyOneOfTwoTakesTheSameVersion() throws IOException {
    try (Store one = open("/us-test/race");
        Store other = open("/us-test/race")) {
      Register held = taken(one.write(Register.held(ALPHA, new Term(1), 0)));

      assertThat(other.write(Register.held(BETA, new Term(2), 0)))
          .isEqualTo(new Written.Overtaken(held));
      Register renewed = taken(one.write(Register.held(ALPHA, new Term(1), held.version())));
      assertThat(renewed.version()).isGreaterThan(held.version());
      assertThat(other.write(Register.held(BETA, new Term(2), held.version())))
          .isEqualTo(new Written.Overtaken(renewed));
    }
  }

  @Test
  void aReleaseNamesItsSuccessor() throws IOException {
    try (Store store = open("/us-test/release")) {
      Register held = taken(store.write(Register.held(ALPHA, new Term(3), 0)));
      var wanted =
          new Register(Optional.of(ALPHA), new Term(3), true, Optional.of(BETA), held.version());

      Register released = taken(store.write(wanted));

      assertThat(store.read()).isEqualTo(released);
      assertThat(released.successor()).contains(BETA);
    }
  }

  @Test
  void aStoreThatIsDownIsSaidToBeWithinTheLimit() throws Exception {
    try (Store store = open("/us-test/down", Duration.ofSeconds(5))) {
      assertThat(store.read()).isEqualTo(Register.ABSENT);

      stop();

      long begun = System.nanoTime();
      assertThatThrownBy(store::read).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.write(Register.held(ALPHA, new Term(1), 0)))
          .isInstanceOf(IOException.class);
      assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(25).toNanos());
    }
  }
}
