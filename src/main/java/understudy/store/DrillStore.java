package understudy.store;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import understudy.wire.DurableFile;
import understudy.wire.ReceivedJson;

/** The drills of the cluster, newest {@value #KEPT} of them, in one small file. Any thread. */
public final class DrillStore {
  static final int KEPT = 100;
  private static final long LARGEST_BYTES = 4L * 1024 * 1024;
  private static final JsonType<List<Drill>> JSON = Jsonb.instance().type(Drill.class).list();

  private final Path file;
  private List<Drill> drills = List.of();

  /**
   * One run of the validation plan.
   *
   * @param node that ran it
   * @param outageSeconds the longest time in which no node served, of both ways; null: not measured
   */
  @Json
  public record Drill(
      String id,
      String node,
      Instant started,
      Instant finished,
      boolean passed,
      @Nullable Double outageSeconds,
      List<Step> steps) {}

  /**
   * One step.
   *
   * @param result {@code pass}, {@code fail} or {@code not checked}
   */
  @Json
  public record Step(String name, String result, String evidence, double seconds) {}

  /** Reads what there is; a damaged file counts as none. */
  public DrillStore(Path stateDirectory) throws IOException {
    this.file = stateDirectory.resolve("drills.json");
    if (Files.exists(file) && Files.size(file) <= LARGEST_BYTES) {
      byte[] text = Files.readAllBytes(file);
      try {
        drills = List.copyOf(ReceivedJson.read(JSON, text));
      } catch (IOException damaged) {
        drills = List.of();
      }
    }
  }

  /** Newest first. */
  public synchronized List<Drill> drills() {
    return drills;
  }

  /** Adds one, once; returns when the disk has it. */
  public synchronized void add(Drill drill) throws IOException {
    if (drills.stream().anyMatch(known -> known.id().equals(drill.id()))) {
      return;
    }
    var longer = new ArrayList<Drill>();
    longer.add(drill);
    longer.addAll(drills);
    List<Drill> kept = List.copyOf(longer.subList(0, Math.min(KEPT, longer.size())));
    DurableFile.write(file, JSON.toJson(kept).getBytes(StandardCharsets.UTF_8));
    drills = kept;
  }
}
