package understudy.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one sync took.
 *
 * @param seconds from its start to its end
 * @param processorSeconds of the receiving and the sending end
 * @param wireBytes over the loopback, both directions, with what TCP and IP add
 * @param peakKib the most memory of the largest process of either end
 */
record SyncFigures(double seconds, Ends processorSeconds, long wireBytes, Peak peakKib) {
  /** Processor time of both ends. */
  record Ends(double receiver, double sender) {}

  /** Memory of both ends. */
  record Peak(long receiver, long sender) {}

  Map<String, Object> line() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("wall_s", rounded(seconds));
    line.put("cpu_s", rounded(processorSeconds.receiver() + processorSeconds.sender()));
    line.put("cpu_receiver_s", rounded(processorSeconds.receiver()));
    line.put("cpu_sender_s", rounded(processorSeconds.sender()));
    line.put("wire_bytes", wireBytes);
    line.put("rss_receiver_mib", peakKib.receiver() >> 10);
    line.put("rss_sender_mib", peakKib.sender() >> 10);
    return line;
  }

  static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
