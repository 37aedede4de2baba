package understudy.heartbeat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import understudy.time.Moment;

/**
 * Tells new heartbeats of one peer from those that were overtaken: its paths are independent, so an
 * old one may come out of a healed path after newer ones came on another. And tells one peer from
 * two: a copied machine has the same name and key, but is another life of the daemon. As long as
 * the life that is known speaks, no other is listened to. Safe from any thread.
 */
public final class Order {
  private static final int REMEMBERED_LIVES = 16;

  /** What a heartbeat is. */
  public enum Word {
    NEW,
    /** Overtaken, or of a life that is over. */
    OLD,
    /** Of one of two machines that speak by turns as the same peer, and not the known one. */
    TWIN,
    /**
     * Of a life that is not listened to yet and may serve: nobody may take the peer for silent, and
     * nothing else that it says counts, for the known life may serve yet.
     */
    GLIMPSE
  }

  /**
   * The latest of a life.
   *
   * @param ended another life came after it
   */
  private record Latest(long sequence, Moment at, boolean ended) {}

  private final Supplier<Duration> patience;
  private final Map<Long, Latest> others =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Latest> eldest) {
          return size() > REMEMBERED_LIVES;
        }
      };
  private boolean met;
  private long known;
  private Moment begun = new Moment(0);
  private Latest latest = new Latest(0, new Moment(0), false);

  /**
   * Of a peer that was not heard yet.
   *
   * @param patience a life that is silent for so long is over, and so is what it held: another may
   *     begin
   */
  public Order(Supplier<Duration> patience) {
    this.patience = patience;
  }

  /**
   * Judges what came from this peer.
   *
   * @param life tells the lives of the sender's process apart
   * @param sequence grows with every heartbeat of a life
   * @param mayServe the sender may serve
   */
  public synchronized Word hear(long life, long sequence, boolean mayServe, Moment at) {
    if (!met) {
      begin(life, sequence, at);
      return Word.NEW;
    }
    if (known != life) {
      return hearAnother(life, sequence, mayServe, at);
    }
    if (sequence <= latest.sequence()) {
      return Word.OLD;
    }
    latest = new Latest(sequence, at, false);
    return Word.NEW;
  }

  private void begin(long life, long sequence, Moment at) {
    met = true;
    known = life;
    begun = at;
    latest = new Latest(sequence, at, false);
  }

  private Word hearAnother(long life, long sequence, boolean mayServe, Moment at) {
    Latest before = others.getOrDefault(life, new Latest(-1, at, false));
    if (sequence <= before.sequence()) {
      return Word.OLD;
    }
    boolean isSilent = latest.at().until(at).compareTo(patience.get()) >= 0;
    if (isSilent && !before.ended()) {
      others.put(known, new Latest(latest.sequence(), latest.at(), true));
      begin(life, sequence, at);
      return Word.NEW;
    }
    others.put(life, new Latest(sequence, at, before.ended()));
    boolean byTurns = !before.at().isBefore(begun) && latest.at().isAfter(before.at());
    return byTurns ? Word.TWIN : mayServe && !before.ended() ? Word.GLIMPSE : Word.OLD;
  }
}
