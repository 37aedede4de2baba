package understudy.pairing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.config.ClusterDocument;
import understudy.config.ConfigWriter;
import understudy.config.Read;
import understudy.store.Consent;
import understudy.wire.ClusterSecret;
import understudy.wire.DurableFile;
import understudy.wire.Identity;
import understudy.wire.Members;
import understudy.wire.MembersDocument;

/**
 * Puts a joining machine's files in place, the member list last: only that makes it a member. Can
 * put everything back as it was.
 */
final class JoinStore {
  private final JoinPlan plan;
  private final Optional<Identity> freshIdentity;
  private final Map<Path, Optional<byte[]>> before = new LinkedHashMap<>();

  /**
   * A store that has written nothing yet.
   *
   * @param freshIdentity empty: the identity is on disk already
   */
  JoinStore(JoinPlan plan, Optional<Identity> freshIdentity) {
    this.plan = plan;
    this.freshIdentity = freshIdentity;
  }

  void write(MembersDocument members, List<Messages.Document> documents) throws IOException {
    Path state = plan.config().state();
    StateDirectory.make(state);
    if (freshIdentity.isPresent()) {
      remember(Identity.file(state));
      freshIdentity.get().save(state);
    }
    if (!Files.exists(plan.nodeFile())) {
      remember(plan.nodeFile());
      ConfigWriter.writeNode(plan.nodeFile(), plan.config());
    }
    for (Messages.Document document : documents) {
      switch (document.name()) {
        case Joining.CLUSTER -> writeCluster(document.text());
        case Joining.USERS -> {
          remember(plan.usersFile());
          DurableFile.write(plan.usersFile(), document.text().getBytes(StandardCharsets.UTF_8));
        }
        default -> {
          // A later release may send more; what we do not know we do not store.
        }
      }
    }
    if (plan.mayReplaceData()) {
      remember(Consent.file(state));
      Consent.give(state);
    }
    remember(Members.file(state));
    Members.create(
        state,
        ClusterSecret.of(members.cluster(), members.secret()),
        members.peers().stream().map(MembersDocument.Row::member).toList());
  }

  private void writeCluster(String text) throws IOException {
    switch (Joining.read(text, plan.config())) {
      case Read.Valid<ClusterDocument>(ClusterDocument document, var warnings) -> {
        remember(plan.clusterFile());
        ConfigWriter.writeCluster(plan.clusterFile(), document);
      }
      case Read.Invalid<ClusterDocument>(var problems) ->
          throw new IOException("the cluster document is not valid: " + problems.getFirst());
    }
  }

  private void remember(Path file) throws IOException {
    before.put(file, Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty());
  }

  /** Puts back what was there before. */
  void undo() throws IOException {
    for (Map.Entry<Path, Optional<byte[]>> entry : before.entrySet()) {
      if (entry.getValue().isPresent()) {
        DurableFile.write(entry.getKey(), entry.getValue().get());
      } else {
        Files.deleteIfExists(entry.getKey());
      }
    }
  }
}
