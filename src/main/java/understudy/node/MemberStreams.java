package understudy.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import understudy.sync.StreamOpener;
import understudy.sync.SyncStream;
import understudy.wire.Member;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Reach;

/** Opens streams for data to one member. */
record MemberStreams(PeerConnector connector, Member member, Purpose purpose)
    implements StreamOpener {
  /** The source sends a sign of life every second while it scans. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(20);

  @Override
  public SyncStream open() throws IOException {
    return switch (connector.connect(member, purpose)) {
      case Reach.Reached(_, PeerConnection connection) -> {
        connection.stream().limitReads(LONGEST_SILENCE);
        yield new Open(connection);
      }
      case Reach failed -> throw new IOException(failed.sentence());
    };
  }

  private record Open(PeerConnection connection) implements SyncStream {
    @Override
    public InputStream in() {
      return connection.in();
    }

    @Override
    public OutputStream out() {
      return connection.out();
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
