package understudy.heartbeat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import understudy.time.Moment;
import understudy.wire.HeartbeatBytes.Spoken;

/**
 * Tells new heartbeats of one peer from those that were overtaken: its paths are independent, so an
 * old one may come out of a healed path after newer ones came on another. And tells one peer from
 * two: a copied machine has the same name and key, but is another life of the daemon. As long as
 * the life that is known speaks, no other is listened to. Safe from any thread.
 */
final class Order {
  private static final int REMEMBERED_LIVES = 16;

  /** What a heartbeat is. */
  enum Word {
    NEW,
    /** Overtaken, or of a life that is over. */
    OLD,
    /** Of one of two machines that speak by turns as the same peer, and not the known one. */
    TWIN
  }

  /**
   * The latest of a life.
   *
   * @param ended another life came after it
   */
  private record Latest(long sequence, Moment at, boolean ended) {}

  private final Duration patience;
  private final Map<Long, Latest> others =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Latest> eldest) {
          return size() > REMEMBERED_LIVES;
        }
      };
  private Optional<Long> life = Optional.empty();
  private Moment begun = new Moment(0);
  private Latest latest = new Latest(0, new Moment(0), false);

  /**
   * Of a peer that was not heard yet.
   *
   * @param patience a life that is silent for so long may be over: another may begin
   */
  Order(Duration patience) {
    this.patience = patience;
  }

  synchronized Word hear(Spoken spoken, Moment at) {
    if (life.isEmpty()) {
      begin(spoken, at);
      return Word.NEW;
    }
    if (life.get() != spoken.life()) {
      return hearAnother(spoken, at);
    }
    if (spoken.sequence() <= latest.sequence()) {
      return Word.OLD;
    }
    latest = new Latest(spoken.sequence(), at, false);
    return Word.NEW;
  }

  private void begin(Spoken spoken, Moment at) {
    life = Optional.of(spoken.life());
    begun = at;
    latest = new Latest(spoken.sequence(), at, false);
  }

  private Word hearAnother(Spoken spoken, Moment at) {
    Latest before = others.getOrDefault(spoken.life(), new Latest(-1, at, false));
    if (spoken.sequence() <= before.sequence()) {
      return Word.OLD;
    }
    boolean isSilent = latest.at().until(at).compareTo(patience) >= 0;
    if (isSilent && !before.ended()) {
      others.put(life.orElseThrow(), new Latest(latest.sequence(), latest.at(), true));
      begin(spoken, at);
      return Word.NEW;
    }
    others.put(spoken.life(), new Latest(spoken.sequence(), at, before.ended()));
    boolean byTurns = !before.at().isBefore(begun) && latest.at().isAfter(before.at());
    return byTurns ? Word.TWIN : Word.OLD;
  }
}
