package understudy.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import understudy.api.DocumentCalls.Refused;
import understudy.config.ClusterDocument;
import understudy.node.PeerQuestion.AboutDocument;
import understudy.node.PeerQuestion.Wish;
import understudy.node.PeerReply.OfDocument;
import understudy.store.DocumentStore.Revision;
import understudy.wire.Member;
import understudy.wire.Members;

/** The way of a changed cluster document to the other nodes. */
record OtherDocuments(Members members, PeerCalls calls, Documents.Application application) {

  /**
   * The latest revision that anybody in touch has; throws when the document does not hold there.
   *
   * @param before what the document is to follow
   * @param warnings gets who could not be asked
   */
  long ask(ClusterDocument document, Revision before, List<String> warnings) throws Refused {
    long latest = before.revision();
    for (Member peer : members.peers()) {
      if (!application.isHeard(peer.name())) {
        warnings.add(peer.name() + " is not heard: it takes the document when it is back");
        continue;
      }
      try {
        var check = new AboutDocument(Wish.CHECK, document.text(), before);
        OfDocument answer = calls.document(peer, check);
        if (answer.trouble() != null) {
          throw new Refused(
              Refused.Why.INVALID, peer.name() + ": " + answer.trouble(), "nothing was changed");
        }
        latest = Math.max(latest, answer.revision().revision());
      } catch (IOException unreachable) {
        warnings.add(peer.name() + " could not be asked: " + unreachable.getMessage());
      }
    }
    return latest;
  }

  /** Has everybody in touch take the document; answers who did not. */
  List<String> handOut(ClusterDocument document, Revision revision) {
    var warnings = new ArrayList<String>();
    for (Member peer : members.peers()) {
      if (application.isHeard(peer.name())) {
        try {
          var take = new AboutDocument(Wish.TAKE, document.text(), revision);
          OfDocument answer = calls.document(peer, take);
          if (answer.trouble() != null) {
            warnings.add(peer.name() + ": " + answer.trouble());
          }
        } catch (IOException unreachable) {
          warnings.add(peer.name() + " takes the document later: " + unreachable.getMessage());
        }
      }
    }
    return warnings;
  }
}
