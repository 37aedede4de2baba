package understudy.demo.lab;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import understudy.time.Clock;
import understudy.time.Moment;

/** Repeats one question at a fixed pace for as long as its thread runs. */
final class Asker implements Runnable {
  /** Requests that may be waiting at once; a tick that finds so many is left out. */
  private static final int PENDING_LIMIT = 64;

  private static final int ANSWER_LIMIT_BYTES = 256;

  private final Question question;
  private final Clock clock;
  private final Consumer<Answer> answers;
  private final Semaphore pending = new Semaphore(PENDING_LIMIT);

  Asker(Question question, Clock clock, Consumer<Answer> answers) {
    this.question = question;
    this.clock = clock;
    this.answers = answers;
  }

  @Override
  public void run() {
    Moment next = clock.now();
    while (!Thread.currentThread().isInterrupted()) {
      if (pending.tryAcquire()) {
        Thread.ofVirtual().start(this::askOnce);
      }
      next = Moment.laterOf(next.plus(question.every()), clock.now());
      LockSupport.parkNanos(clock.now().until(next).toNanos());
    }
  }

  private void askOnce() {
    try {
      Moment asked = clock.now();
      ask().ifPresent(text -> report(asked, text));
    } finally {
      pending.release();
    }
  }

  private void report(Moment asked, String text) {
    answers.accept(new Answer(question.label(), asked, clock.now(), text));
  }

  /** Empty when there was no answer, which is what an outage looks like. */
  private Optional<String> ask() {
    int limit = Math.toIntExact(question.timeout().toMillis());
    try (Socket socket = new Socket()) {
      // closing with a reset leaves no port waiting behind: thousands a minute would run out
      socket.setSoLinger(true, 0);
      socket.setTcpNoDelay(true);
      socket.connect(question.target(), limit);
      socket.setSoTimeout(limit);
      socket
          .getOutputStream()
          .write((question.request() + "\n").getBytes(StandardCharsets.US_ASCII));
      return line(socket.getInputStream());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> line(InputStream in) throws IOException {
    byte[] bytes = new byte[ANSWER_LIMIT_BYTES];
    int length = 0;
    while (length < bytes.length) {
      int read = in.read(bytes, length, bytes.length - length);
      if (read < 0) {
        return Optional.empty();
      }
      length += read;
      if (bytes[length - 1] == '\n') {
        return Optional.of(new String(bytes, 0, length - 1, StandardCharsets.US_ASCII));
      }
    }
    return Optional.empty();
  }
}
