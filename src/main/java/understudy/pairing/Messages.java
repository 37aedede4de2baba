package understudy.pairing;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import understudy.wire.Frames;
import understudy.wire.MembersDocument;
import understudy.wire.PeerStream;
import understudy.wire.ReceivedJson;

/**
 * What two machines say to each other while they are being paired, one JSON frame each, in this
 * order: {@link Ask}, {@link Offer}, {@link Facts}, {@link Verdict}, {@link Decision}, {@link
 * Welcome}, {@link Stored}, {@link Done}. The first is the joining machine's.
 */
public final class Messages {
  private static final int LARGEST_BYTES = 512 * 1024;
  private static final Jsonb JSON = Jsonb.instance();

  private Messages() {}

  /** Why it goes no further. */
  @Json
  public record Refusal(String code, String message, @Nullable String fix) {}

  /** I hold an invite, and this is me. */
  @Json
  public record Ask(
      String invite,
      String secret,
      String name,
      String designation,
      String release,
      long wallMillis,
      List<String> addresses,
      List<String> links) {}

  /** A directory that will be copied to the joining machine. */
  @Json
  public record OfferedDataset(
      String name, String path, boolean isMeasured, long files, long bytes) {}

  /**
   * This is us, and what you would hold a copy of. With a refusal the rest is empty.
   *
   * @param document the cluster document, in which a machine finds its own paths
   */
  @Json
  public record Offer(
      @Nullable Refusal refusal,
      String cluster,
      String name,
      String release,
      long wallMillis,
      List<OfferedDataset> datasets,
      String document) {}

  /** What the joining machine found on itself. */
  @Json
  public record Facts(List<Check> checks) {}

  /** All checks of both sides; nobody has changed anything yet. */
  @Json
  public record Verdict(List<Check> checks) {}

  /** The joining machine goes on, or was only looking. */
  @Json
  public record Decision(boolean go) {}

  /** A file that is the same on every node. */
  @Json
  public record Document(String name, String text) {}

  /** The cluster's secret, its members and its documents. */
  @Json
  public record Welcome(
      @Nullable Refusal refusal, @Nullable MembersDocument members, List<Document> documents) {}

  /** The joining machine has it all on disk, or failed to. */
  @Json
  public record Stored(boolean isStored) {}

  /** The joining machine is a member now, or a refusal. */
  @Json
  public record Done(@Nullable Refusal refusal) {}

  /**
   * From one member to another: {@code test-back}, {@code leave}, {@code enter} or {@code expel}.
   *
   * @param member who enters, or was not let in after all
   */
  @Json
  public record Order(String what, MembersDocument.@Nullable Row member) {
    Order(String what) {
      this(what, null);
    }
  }

  /** Answer to {@code test-back}: one row per address tried. */
  @Json
  public record Tested(List<ReachRow> rows) {}

  static <T> void send(PeerStream stream, Class<T> type, T message) throws IOException {
    Frames.write(stream.out(), JSON.type(type).toJson(message).getBytes(StandardCharsets.UTF_8));
  }

  static <T> T receive(PeerStream stream, Class<T> type) throws IOException {
    byte[] frame = Frames.read(stream.in(), LARGEST_BYTES);
    JsonType<T> json = JSON.type(type);
    try {
      return ReceivedJson.read(json, frame);
    } catch (IOException notUnderstood) {
      throw new IOException(
          "the other machine sent no " + type.getSimpleName() + " that we understand",
          notUnderstood);
    }
  }
}
