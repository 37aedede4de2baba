package understudy.lease;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import understudy.failover.NodeName;
import understudy.failover.Register;
import understudy.failover.Term;

/** A {@link Register} as one line that people can read: {@code understudy holder=alpha term=7}. */
final class RegisterText {
  static final int MOST_BYTES = 512;
  private static final String HEADER = "understudy";

  private RegisterText() {}

  static String write(Register register) {
    var text = new StringBuilder(HEADER);
    register.holder().ifPresent(holder -> text.append(" holder=").append(holder));
    text.append(" term=").append(register.term());
    if (register.released()) {
      text.append(" released=").append(register.successor().map(NodeName::value).orElse("*"));
    }
    return text.toString();
  }

  /** Throws {@link IOException} when the key holds something that is not ours. */
  static Register read(String text, long version) throws IOException {
    String[] words = text.split(" ", -1);
    if (text.length() > MOST_BYTES || !words[0].equals(HEADER)) {
      throw new IOException("the key holds something that Understudy did not write");
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      if (equals < 1) {
        throw new IOException("the key holds '" + words[i] + "', which is not name=value");
      }
      values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    try {
      Optional<String> released = Optional.ofNullable(values.get("released"));
      return new Register(
          Optional.ofNullable(values.get("holder")).map(NodeName::new),
          Term.told(Long.parseLong(values.getOrDefault("term", ""))),
          released.isPresent(),
          released.filter(name -> !name.equals("*")).map(NodeName::new),
          version);
    } catch (IllegalArgumentException malformed) {
      throw new IOException("the key is malformed: " + malformed.getMessage(), malformed);
    }
  }
}
