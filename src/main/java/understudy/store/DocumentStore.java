package understudy.store;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.wire.DurableFile;
import understudy.wire.ReceivedJson;

/**
 * Which revision of the cluster document this node has, and the former ones: nothing that a person
 * wrote is discarded when another node's document replaces it. Not safe for several threads.
 */
public final class DocumentStore {
  private static final int KEPT_DOCUMENTS = 20;
  private static final long LARGEST_BYTES = 16 * 1024;

  private final Path file;
  private final Path kept;

  /**
   * The revision of a document.
   *
   * @param revision grows with every change anywhere in the cluster
   * @param hash of the document's text
   * @param by who changed it
   */
  @Json
  public record Revision(long revision, String hash, Instant at, String by) {}

  public DocumentStore(Path stateDirectory) {
    this.file = stateDirectory.resolve("document.json");
    this.kept = stateDirectory.resolve("former-documents");
  }

  /** Empty when none was written yet; a damaged one counts as none. */
  public Optional<Revision> load() throws IOException {
    if (!Files.exists(file) || Files.size(file) > LARGEST_BYTES) {
      return Optional.empty();
    }
    byte[] text = Files.readAllBytes(file);
    try {
      return Optional.of(ReceivedJson.read(Jsonb.instance().type(Revision.class), text));
    } catch (IOException damaged) {
      return Optional.empty();
    }
  }

  /** Returns when the disk has it. */
  public void save(Revision revision) throws IOException {
    String text = Jsonb.instance().type(Revision.class).toJsonPretty(revision);
    DurableFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Keeps a document that is about to be replaced; answers where. The oldest make room. */
  public Path keep(Revision former, String text) throws IOException {
    Files.createDirectories(kept);
    String name = "%012d-%s.yaml".formatted(former.revision(), former.hash().substring(0, 8));
    Path copy = kept.resolve(name);
    DurableFile.write(copy, text.getBytes(StandardCharsets.UTF_8));
    try (Stream<Path> entries = Files.list(kept)) {
      List<Path> newestFirst =
          entries.sorted(Comparator.comparing(Path::getFileName).reversed()).toList();
      for (Path old : newestFirst.stream().skip(KEPT_DOCUMENTS).toList()) {
        Files.deleteIfExists(old);
      }
    }
    return copy;
  }
}
