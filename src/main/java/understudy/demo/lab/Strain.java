package understudy.demo.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long work of this machine had to wait for the machine itself, in milliseconds since it was
 * booted: for a core, for a disk, for memory (the kernel's pressure stall information), and for the
 * host that it is a guest of ({@code stolen}). A kernel that does not count one has no entry for
 * it.
 */
public record Strain(Map<String, Long> millis) {
  private static final List<String> PRESSURES = List.of("cpu", "io", "memory");

  /**
   * Of {@code /proc/stat}: user, nice, system, idle, iowait, irq, softirq, then the stolen time.
   */
  private static final int STOLEN_FIELD = 8;

  private static final int MILLIS_PER_TICK = 10;
  private static final int MICROS_PER_MILLI = 1_000;

  public Strain {
    millis = Map.copyOf(millis);
  }

  /** Up to now. */
  public static Strain now() throws LabException {
    return read(Path.of("/proc"));
  }

  static Strain read(Path proc) throws LabException {
    Map<String, Long> millis = new TreeMap<>();
    try {
      for (String pressure : PRESSURES) {
        Path file = proc.resolve("pressure").resolve(pressure);
        if (Files.exists(file)) {
          millis.put(pressure, total(Files.readString(file)) / MICROS_PER_MILLI);
        }
      }
      String[] cpu =
          Files.readString(proc.resolve("stat")).lines().findFirst().orElse("").split(" +", -1);
      if (cpu.length > STOLEN_FIELD) {
        millis.put("stolen", Long.parseLong(cpu[STOLEN_FIELD]) * MILLIS_PER_TICK);
      }
      return new Strain(millis);
    } catch (IOException | NumberFormatException unreadable) {
      throw new LabException("could not read what the machine waited for from " + proc, unreadable);
    }
  }

  /** Of the line {@code some avg10=0.00 avg60=0.13 avg300=4.35 total=3364987827}. */
  private static long total(String text) {
    String line = text.lines().findFirst().orElse("");
    return Long.parseLong(line.substring(line.lastIndexOf('=') + 1));
  }

  /** What was waited for after that moment, in milliseconds. */
  public Map<String, Long> since(Strain before) {
    Map<String, Long> waited = new TreeMap<>();
    millis.forEach((what, now) -> waited.put(what, now - before.millis.getOrDefault(what, 0L)));
    return waited;
  }
}
