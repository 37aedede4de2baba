package understudy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;

/** As {@link LogOutput}, but warnings only: tests are many. Found by logback before that. */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class TestLogOutput extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    ExecutionStatus outcome = new LogOutput().configure(context);
    context.getLogger("understudy").setLevel(Level.WARN);
    return outcome;
  }
}
