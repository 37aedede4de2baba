package understudy.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Elements with time-outs in the sets of one nftables table, changed through nf_tables netlink: no
 * process to start, some ten microseconds. Lives in the network namespace of the thread that opened
 * it. Safe from any thread.
 */
public final class FilterElements implements AutoCloseable {
  private static final int SUBSYSTEM = 10;
  private static final int BATCH_BEGIN = 0x10;
  private static final int BATCH_END = 0x11;
  private static final int GET_TABLE = 1;
  private static final int NEW_ELEMENT = 12;
  private static final int DELETE_ELEMENT = 14;

  private static final byte INET = 1;
  private static final int TABLE_NAME = 1;
  private static final int LIST_TABLE = 1;
  private static final int LIST_SET = 2;
  private static final int LIST_ELEMENTS = 3;
  private static final int LIST_ELEMENT = 1;
  private static final int ELEMENT_KEY = 1;
  private static final int ELEMENT_TIMEOUT = 4;
  private static final int DATA_VALUE = 1;

  private final NetlinkSocket socket;
  private final String table;

  /**
   * @param table name of a table of family {@code inet}; it need not exist yet
   */
  public FilterElements(String table) throws SystemCallException {
    this.table = table;
    socket = new NetlinkSocket(NetlinkSocket.NETFILTER);
  }

  /** One step of a transaction. */
  public sealed interface Change {
    /** The elements are in the set and leave it after {@code lifetime}, whatever was before. */
    record Put(String set, List<byte[]> keys, Duration lifetime) implements Change {
      public Put {
        keys = List.copyOf(keys);
      }
    }

    /** The elements are not in the set, whatever was before. */
    record Remove(String set, List<byte[]> keys) implements Change {
      public Remove {
        keys = List.copyOf(keys);
      }
    }
  }

  /**
   * Applies all changes in one transaction: every packet sees either all of them or none. Adding an
   * element that exists does not extend it, and removing one that does not exist fails; so each
   * change adds, removes, and adds again if it should stay.
   */
  public synchronized void apply(List<Change> changes) throws IOException {
    NetlinkRequest request = new NetlinkRequest();
    request
        .message(BATCH_BEGIN, NetlinkRequest.REQUEST)
        .fixed((byte) 0, (byte) 0, (byte) 0, (byte) SUBSYSTEM);
    for (Change change : changes) {
      switch (change) {
        case Change.Put put -> {
          elements(request, NEW_ELEMENT, put.set(), put.keys(), put.lifetime());
          elements(request, DELETE_ELEMENT, put.set(), put.keys(), Duration.ZERO);
          elements(request, NEW_ELEMENT, put.set(), put.keys(), put.lifetime());
        }
        case Change.Remove remove -> {
          elements(request, NEW_ELEMENT, remove.set(), remove.keys(), Duration.ofMillis(100));
          elements(request, DELETE_ELEMENT, remove.set(), remove.keys(), Duration.ZERO);
        }
      }
    }
    int last = request.lastSequence();
    request
        .message(BATCH_END, NetlinkRequest.REQUEST)
        .fixed((byte) 0, (byte) 0, (byte) 0, (byte) SUBSYSTEM);
    socket.batch(request, last, "change elements of nftables table " + table);
  }

  /** The table exists. */
  public synchronized boolean isTablePresent() throws IOException {
    NetlinkRequest request =
        new NetlinkRequest().message((SUBSYSTEM << 8) | GET_TABLE, NetlinkRequest.REQUEST);
    request.fixed(INET, (byte) 0, (byte) 0, (byte) 0).attribute(TABLE_NAME, table);
    try {
      socket.query(request, "look up nftables table " + table);
      return true;
    } catch (SystemCallException refused) {
      if (refused.isMissing()) {
        return false;
      }
      throw refused;
    }
  }

  private void elements(
      NetlinkRequest request, int type, String set, List<byte[]> keys, Duration lifetime) {
    request
        .message(
            (SUBSYSTEM << 8) | type,
            NetlinkRequest.REQUEST
                | NetlinkRequest.ACKNOWLEDGE
                | (type == NEW_ELEMENT ? NetlinkRequest.CREATE : 0))
        .fixed(INET, (byte) 0, (byte) 0, (byte) 0)
        .attribute(LIST_TABLE, table)
        .attribute(LIST_SET, set)
        .nested(
            LIST_ELEMENTS,
            () -> keys.forEach(key -> element(request, key, type == NEW_ELEMENT, lifetime)));
  }

  private static void element(
      NetlinkRequest request, byte[] key, boolean hasTimeout, Duration lifetime) {
    request.nested(
        LIST_ELEMENT,
        () -> {
          request.nested(ELEMENT_KEY, () -> request.attribute(DATA_VALUE, key));
          if (hasTimeout) {
            request.bigEndian(ELEMENT_TIMEOUT, Math.max(1, lifetime.toMillis()));
          }
        });
  }

  @Override
  public synchronized void close() {
    socket.close();
  }
}
