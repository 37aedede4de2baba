package understudy.node;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import understudy.api.PairViews;
import understudy.api.PairingCalls;
import understudy.wire.PeerAcceptor;
import understudy.wire.PeerConnection;
import understudy.wire.PeerStream;
import understudy.wire.StrangerAcceptor;

/** Until the pairing desk is merged. */
final class Pairing implements PairingCalls, StrangerAcceptor, PeerAcceptor {
  @Override
  public PairViews.Invitation invite() {
    throw new IllegalStateException("not yet");
  }

  @Override
  public List<PairViews.Reach> test() {
    return List.of();
  }

  @Override
  public PairViews.Leave leave(boolean dryRun) {
    throw new IllegalStateException("not yet");
  }

  @Override
  public void accept(X509Certificate certificate, PeerStream stream) throws IOException {
    throw new IOException("not yet");
  }

  @Override
  public void accept(PeerConnection connection) throws IOException {
    throw new IOException("not yet");
  }
}
