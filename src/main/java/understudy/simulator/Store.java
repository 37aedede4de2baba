package understudy.simulator;

import java.util.Optional;
import understudy.failover.Input;
import understudy.failover.Register;
import understudy.time.Moment;

/** The store of the lease arbiter: one key, changed by compare-and-set; at times slow or down. */
final class Store {
  private static final int PATIENCE_MILLIS = 300;

  private final World world;
  private Register key = Register.ABSENT;
  private boolean down;
  private boolean slow;

  Store(World world) {
    this.world = world;
  }

  void down(boolean isDown) {
    down = isDown;
  }

  void slow(boolean isSlow) {
    slow = isSlow;
  }

  void read(Daemon reader) {
    if (!isReached(reader)) {
      fail(reader);
      return;
    }
    later(() -> answer(reader, key));
  }

  /** Takes {@code wanted} when its version is still there; the answer may get lost on its way. */
  void write(Daemon writer, Moment askedAt, Register wanted) {
    if (!isReached(writer)) {
      fail(writer);
      return;
    }
    later(
        () -> {
          if (wanted.version() != key.version()) {
            answer(writer, key);
            return;
          }
          key =
              new Register(
                  wanted.holder(),
                  wanted.term(),
                  wanted.released(),
                  wanted.successor(),
                  key.version() + 1);
          Register taken = key;
          if (isReached(writer)) {
            later(() -> writer.hand(at -> new Input.RegisterWritten(at, askedAt, taken)));
          } else {
            fail(writer);
          }
        });
  }

  private void answer(Daemon asker, Register found) {
    if (isReached(asker)) {
      later(() -> asker.hand(at -> new Input.RegisterSeen(at, found)));
    } else {
      fail(asker);
    }
  }

  private void fail(Daemon asker) {
    world.after(
        world.chance.milliseconds(1, PATIENCE_MILLIS),
        () -> asker.hand(at -> new Input.RegisterFailed(at, "the store does not answer")));
  }

  private boolean isReached(Daemon asker) {
    return !down && world.network.reachesStore(asker.machine());
  }

  private void later(Runnable deed) {
    world.after(slow ? world.chance.milliseconds(50, 900) : world.chance.milliseconds(1, 15), deed);
  }

  /** Who holds the key, as far as anybody outside can tell. */
  Optional<String> holder() {
    return key.holder().map(Object::toString);
  }
}
