package understudy.demo.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import understudy.time.SystemClock;

/**
 * Asks questions from a process of its own: what the measured machine or the demo does in its own
 * virtual machine does not disturb the measurement, and the process can stand in any network
 * namespace. It ends when the one that started it closes it or dies.
 */
final class Observer implements AutoCloseable {
  private final Process process;

  private Observer(Process process) {
    this.process = process;
  }

  /**
   * Starts asking.
   *
   * @param place turns a command into the one that runs it where the client stands
   * @param answers called from one thread, in order of arrival
   */
  static Observer start(
      List<Question> questions, UnaryOperator<List<String>> place, Consumer<Answer> answers)
      throws LabException {
    List<String> words = new ArrayList<>();
    questions.forEach(question -> words.addAll(question.words()));
    List<String> command = place.apply(JavaProgram.command(Observer.class, "-Xmx64m", words));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      Thread.ofPlatform()
          .daemon()
          .name("answers of process " + process.pid())
          .start(() -> listen(process, answers));
      return new Observer(process);
    } catch (IOException e) {
      throw new LabException("could not start " + String.join(" ", command), e);
    }
  }

  private static void listen(Process process, Consumer<Answer> answers) {
    try (BufferedReader reader = process.inputReader(StandardCharsets.US_ASCII)) {
      String line = reader.readLine();
      while (line != null) {
        Answer.parse(line).ifPresent(answers);
        line = reader.readLine();
      }
    } catch (IOException e) {
      // the observer was closed between two answers: there are no more
    }
  }

  /** Ends the asking process; answers that were under way are lost. Blocks until it is gone. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** The asking process: questions as arguments, answers as lines, ends with its input. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    List<String> words = List.of(arguments);
    for (int at = 0; at < words.size(); at += Question.WORDS) {
      Question question = Question.of(words.subList(at, at + Question.WORDS));
      Thread.ofPlatform()
          .daemon()
          .name(question.label())
          .start(new Asker(question, new SystemClock(), answer -> print(out, answer)));
    }
    try (BufferedReader parent =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      while (parent.readLine() != null) {
        // nothing is asked of this process but to end with its parent
      }
    }
    System.exit(0);
  }

  private static void print(PrintStream out, Answer answer) {
    synchronized (out) {
      out.println(answer.line());
      out.flush();
    }
  }
}
