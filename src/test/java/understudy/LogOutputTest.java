package understudy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** What the program logs, and where to. */
class LogOutputTest {
  private static String logged(String logger, String message) {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    new LogOutput().configure(context);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      context.getLogger(logger).info(message);
      context.getLogger(logger).error(message, new IllegalStateException("the cause"));
    } finally {
      System.setErr(before);
      context.stop();
    }
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void ownLinesGoToStderrWithTheirTimeLevelAndClass() {
    assertThat(logged("understudy.node.Loop", "it runs"))
        .containsPattern("(?m)^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Loop it runs$")
        .contains("ERROR Loop it runs\njava.lang.IllegalStateException: the cause\n\tat ");
  }

  @Test
  void ofLibrariesOnlyWarningsAreLoggedAndNothingOfTheArbiterClient() {
    assertThat(logged("org.eclipse.jetty.server.Server", "hello"))
        .doesNotContain("INFO")
        .contains("ERROR Server hello");
    assertThat(logged("org.apache.curator.ConnectionState", "lost")).isEmpty();
  }

  @Test
  void logbackFindsIt() {
    assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(LogOutput.class);
  }
}
