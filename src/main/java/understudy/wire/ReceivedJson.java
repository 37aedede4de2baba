package understudy.wire;

import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;

/** JSON that somebody else wrote or a disk kept: it is understood, or refused with a reason. */
public final class ReceivedJson {
  private ReceivedJson() {}

  public static <T> T read(JsonType<T> type, byte[] text) throws IOException {
    return read(type, new String(text, StandardCharsets.UTF_8));
  }

  /** Throws {@link IOException} when {@code text} is not such a value. */
  public static <T> T read(JsonType<T> type, String text) throws IOException {
    @Nullable T value;
    try {
      value = type.fromJson(text);
    } catch (JsonException malformed) {
      throw new IOException("malformed JSON: " + malformed.getMessage(), malformed);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | DateTimeException broken) {
      // The parser does not notice every end that comes too early, and not every wrong value.
      throw new IOException("malformed JSON, cut short or with a wrong value: " + broken, broken);
    }
    if (value == null) {
      throw new IOException("malformed JSON: null");
    }
    return value;
  }
}
