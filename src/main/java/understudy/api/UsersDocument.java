package understudy.api;

import io.avaje.jsonb.Json;
import java.util.List;

/** The form of {@code users.json}. */
@Json
public record UsersDocument(List<Row> users) {

  /** One person; {@code password} is a hash. */
  @Json
  public record Row(String name, String access, String password) {}
}
