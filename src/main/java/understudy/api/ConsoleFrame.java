package understudy.api;

import java.util.Optional;

/**
 * What stands around every console page.
 *
 * @param designation the word
 * @param role the word; {@code unknown} when the node does not list itself
 * @param user empty: not signed in
 * @param token goes into every form
 */
public record ConsoleFrame(
    String title,
    String cluster,
    String node,
    String designation,
    String role,
    String protection,
    String version,
    String user,
    boolean canOperate,
    String token) {

  static ConsoleFrame of(String title, Views.Status status, Caller caller) {
    Optional<Views.NodeRow> own =
        status.nodes().stream().filter(row -> row.name().equals(status.node())).findFirst();
    boolean isStranger = caller instanceof Caller.Stranger;
    return new ConsoleFrame(
        title,
        status.cluster(),
        status.node(),
        own.map(Views.NodeRow::designation).orElse("unknown"),
        own.map(Views.NodeRow::role).orElse("unknown"),
        status.protection(),
        status.version(),
        isStranger ? "" : caller.name(),
        caller.access().includes(Access.OPERATOR),
        caller instanceof Caller.SignedIn signedIn ? signedIn.session().token() : "");
  }
}
