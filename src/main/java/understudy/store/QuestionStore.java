package understudy.store;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.wire.DurableFile;
import understudy.wire.ReceivedJson;

/** The syncs of this node that wait for a person, in one small file. One thread at a time. */
public final class QuestionStore {
  private static final Logger LOG = LoggerFactory.getLogger(QuestionStore.class);
  private static final long LARGEST_BYTES = 4L * 1024 * 1024;
  private static final JsonType<List<Asked>> JSON = Jsonb.instance().type(Asked.class).list();

  private final Path file;

  /**
   * One question.
   *
   * @param code which rule asks
   * @param removed entries that would go
   * @param entries how many there are
   * @param isRefused a person said no: it rests
   */
  @Json
  public record Asked(
      String dataset,
      String code,
      String reason,
      long removed,
      long entries,
      List<String> paths,
      Instant since,
      boolean isRefused) {}

  public QuestionStore(Path stateDirectory) {
    this.file = stateDirectory.resolve("sync-questions.json");
  }

  /** What the last life left; a damaged file counts as none: what still holds is asked again. */
  public List<Asked> load() {
    try {
      return Files.exists(file) && Files.size(file) <= LARGEST_BYTES
          ? List.copyOf(ReceivedJson.read(JSON, Files.readAllBytes(file)))
          : List.of();
    } catch (IOException damaged) {
      LOG.error("{} cannot be read, so syncs ask anew: {}", file, damaged.getMessage());
      return List.of();
    }
  }

  /** Replaces all; on disk when it returns. A full disk is told in the log: then it is not. */
  public void save(List<Asked> asked) {
    try {
      DurableFile.write(file, JSON.toJson(asked).getBytes(StandardCharsets.UTF_8));
    } catch (IOException full) {
      LOG.error("what waits for a person is lost with this daemon: {}", full.toString());
    }
  }
}
