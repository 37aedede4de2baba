package understudy.node;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.time.Duration;
import understudy.api.DataAction;
import understudy.sync.SyncEngine;
import understudy.wire.Frames;
import understudy.wire.Member;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Reach;
import understudy.wire.ReceivedJson;

/** Kept content from node to node: one JSON frame that says what is wanted, then the content. */
final class SalvageStreams {
  private static final int LARGEST_BYTES = 64 * 1024;
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final PeerConnector connector;
  private final JsonType<DataAction> json = Jsonb.instance().type(DataAction.class);

  SalvageStreams(PeerConnector connector) {
    this.connector = connector;
  }

  /** An open stream from which the content is to be read. */
  PeerConnection open(Member peer, DataAction wanted) throws IOException {
    return switch (connector.connect(peer, Purpose.SALVAGE)) {
      case Reach.Reached(_, PeerConnection connection) -> {
        connection.stream().limitReads(LONGEST_SILENCE);
        Frames.write(connection.out(), json.toJsonBytes(wanted));
        connection.out().flush();
        yield connection;
      }
      case Reach failed -> throw new IOException(failed.sentence());
    };
  }

  /** Sends what a peer wants. */
  void serve(PeerConnection connection, SyncEngine engine) throws IOException {
    byte[] asked = Frames.read(connection.in(), LARGEST_BYTES);
    try {
      DataAction wanted = ReceivedJson.read(json, asked);
      if (wanted.dataset() == null) {
        throw new IllegalArgumentException("no dataset is named");
      }
      engine
          .salvage(wanted.dataset())
          .send(DataLook.wanted(wanted.item(), wanted.path(), wanted.at()), connection.out());
    } catch (IllegalArgumentException nonsense) {
      throw new IOException(
          connection.peer().name() + " asked nonsense: " + nonsense.getMessage(), nonsense);
    }
  }
}
