package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkerTest {
  private final BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();

  @Test
  void anErrorIsToldInsteadOfLeavingAWorkerThatDoesNothing() throws Exception {
    var error = new NoClassDefFoundError("nobody foresaw this");
    try (var worker = new Worker("test", told::add)) {
      worker.order(
          () -> {
            throw error;
          });

      assertThat(told.poll(10, TimeUnit.SECONDS)).isSameAs(error);
    }
  }

  @Test
  void aBugInOneOrderLeavesTheNextOneToBeCarriedOut() throws Exception {
    var begun = new CountDownLatch(1);
    var carriedOut = new CountDownLatch(1);
    try (var worker = new Worker("test", told::add)) {
      worker.order(
          () -> {
            begun.countDown();
            throw new IllegalStateException("nobody foresaw this");
          });
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      worker.order(carriedOut::countDown);

      assertThat(carriedOut.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(told).isEmpty();
    }
  }
}
