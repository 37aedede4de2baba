package understudy.api;

import io.avaje.jsonb.Json;

/**
 * Answer of {@code POST /api/v1/sign-in}; the cookie comes with it.
 *
 * @param token goes with each change in the header {@code X-Understudy-Token}
 */
@Json
public record SessionView(String user, String access, String token) {}
