package understudy.pairing;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import understudy.failover.NodeName;
import understudy.wire.DurableFile;
import understudy.wire.MembersDocument;
import understudy.wire.ReceivedJson;

/**
 * The revocation that some members do not know of yet: while there is one, nobody else is removed
 * and nobody joins, so that any two members' ideas of a majority share a voter. On disk, so that
 * they learn of it also from the next life of this daemon. Safe from any thread.
 */
final class Revocations {
  private static final long LARGEST_BYTES = 64 * 1024;
  private static final JsonType<Owed> JSON = Jsonb.instance().type(Owed.class);

  private final Path file;

  /**
   * One revocation.
   *
   * @param gone who was removed
   * @param untold members that could not be told
   */
  @Json
  record Owed(MembersDocument.Row gone, List<String> untold) {

    boolean isOwedOnlyTo(NodeName name) {
      return untold.equals(List.of(name.value()));
    }

    String sentence() {
      return String.join(", ", untold) + " cannot be told yet that " + gone.name() + " was removed";
    }
  }

  Revocations(Path state) {
    this.file = state.resolve("revocation.json");
  }

  /** What is still to be told; throws when the file cannot be understood. */
  synchronized Optional<Owed> owed() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (Files.size(file) > LARGEST_BYTES) {
      throw new IOException(file + " is larger than anything this program writes");
    }
    try {
      return Optional.of(ReceivedJson.read(JSON, Files.readAllBytes(file)));
    } catch (IOException damaged) {
      throw new IOException(file + " is damaged: " + damaged.getMessage(), damaged);
    }
  }

  /** On disk when it returns; an empty list: all know. */
  synchronized void owe(MembersDocument.Row gone, List<String> untold) throws IOException {
    if (untold.isEmpty()) {
      Files.deleteIfExists(file);
    } else {
      byte[] text = JSON.toJson(new Owed(gone, untold)).getBytes(StandardCharsets.UTF_8);
      DurableFile.write(file, text);
    }
  }
}
