package understudy.api;

import io.avaje.jsonb.Json;

/**
 * Answer of {@code POST /api/v1/sign-in}; the cookie comes with it.
 *
 * @param token with the cookie, goes with each change in the header {@code X-Understudy-Token}
 * @param bearer instead of the cookie, in the header {@code Authorization: Bearer …}; ends with the
 *     session
 */
@Json
public record SessionView(String user, String access, String token, String bearer) {}
