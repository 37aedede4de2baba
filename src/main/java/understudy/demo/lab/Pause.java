package understudy.demo.lab;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Processes that do not run for a while. A shell at real-time priority stops them and lets them go
 * on: where no core is free this Java machine may not run for seconds, and they would sleep for as
 * long. Needs root.
 */
public final class Pause {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String BEFORE_ALL_OTHERS = "50";
  private static final String NEVER_MIND = "No such process";

  private static final String SCRIPT =
      """
      LC_ALL=C; duration=$1; shift
      read begun idle < /proc/uptime
      kill -STOP "$@"; sleep "$duration"; kill -CONT "$@"
      read ended idle < /proc/uptime
      echo "$begun $ended"
      """;

  private Pause() {}

  /**
   * Stops each of these processes for so long; one that has ended meanwhile is passed over.
   *
   * @return how long it really was, to 10 ms
   * @throws LabException when they could not be stopped, for example for want of permission
   */
  public static Duration of(Collection<Long> processes, Duration duration) throws LabException {
    List<String> command =
        new ArrayList<>(List.of("chrt", "-f", BEFORE_ALL_OTHERS, "sh", "-c", SCRIPT, "pause"));
    command.add(BigDecimal.valueOf(duration.toMillis(), 3).toPlainString());
    processes.forEach(process -> command.add(Long.toString(process)));
    List<String> output =
        Tool.run(LIMIT, "", command).output().lines().filter(line -> !line.isBlank()).toList();
    String[] times = output.isEmpty() ? new String[0] : output.getLast().split(" ", -1);
    boolean isDone =
        times.length == 2
            && output.stream().limit(output.size() - 1L).allMatch(it -> it.contains(NEVER_MIND));
    if (!isDone) {
      throw new LabException("could not pause " + processes + ": " + String.join("; ", output));
    }
    return Duration.ofMillis(millis(times[1]) - millis(times[0]));
  }

  private static long millis(String uptime) throws LabException {
    try {
      return new BigDecimal(uptime).movePointRight(3).longValueExact();
    } catch (ArithmeticException | NumberFormatException unreadable) {
      throw new LabException("not an uptime in seconds: " + uptime, unreadable);
    }
  }
}
