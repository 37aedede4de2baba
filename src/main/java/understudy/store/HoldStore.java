package understudy.store;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.wire.DurableFile;
import understudy.wire.ReceivedJson;

/** That the role stays away from a node whose service was sick. One thread at a time. */
public final class HoldStore {
  private static final Logger LOG = LoggerFactory.getLogger(HoldStore.class);
  private static final long LARGEST_BYTES = 64 * 1024;
  private static final JsonType<Hold> JSON = Jsonb.instance().type(Hold.class);

  private final Path file;

  /**
   * One hold.
   *
   * @param until wall time
   * @param handovers how often the role left for this reason since a person looked at it
   */
  @Json
  public record Hold(Instant until, int handovers, String why) {}

  public HoldStore(Path stateDirectory) {
    this.file = stateDirectory.resolve("service-hold.json");
  }

  /** What the last life left; a damaged file counts as none, which the log says. */
  public Optional<Hold> load() {
    try {
      return Files.exists(file) && Files.size(file) <= LARGEST_BYTES
          ? Optional.of(ReceivedJson.read(JSON, Files.readAllBytes(file)))
          : Optional.empty();
    } catch (IOException damaged) {
      LOG.error("{} cannot be read, so the role may come back: {}", file, damaged.getMessage());
      return Optional.empty();
    }
  }

  /** Replaces it; empty: nothing is held. A full disk is told in the log. */
  public void save(Optional<Hold> hold) {
    try {
      if (hold.isEmpty()) {
        Files.deleteIfExists(file);
      } else {
        DurableFile.write(file, JSON.toJson(hold.get()).getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException full) {
      LOG.error("that the role stays away is lost with this daemon: {}", full.toString());
    }
  }
}
