package understudy.lease;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What etcd's JSON gateway answers; numbers are texts there, absent means zero or false. */
final class EtcdMessages {
  private EtcdMessages() {}

  /** The revision of the whole store. */
  @Json
  record Header(@Nullable String revision) {}

  /** A key in base64. */
  @Json
  record KeyValue(
      @Nullable String value, @Json.Property("mod_revision") @Nullable String modRevision) {}

  /** Answer to a range. */
  @Json
  record Range(@Nullable List<KeyValue> kvs) {}

  /** One answer within a transaction. */
  @Json
  record Response(@Json.Property("response_range") @Nullable Range responseRange) {}

  /** Answer to a transaction. */
  @Json
  record Transaction(
      @Nullable Header header, @Nullable Boolean succeeded, @Nullable List<Response> responses) {}

  /** Answer to a sign-in. */
  @Json
  record Token(@Nullable String token) {}
}
