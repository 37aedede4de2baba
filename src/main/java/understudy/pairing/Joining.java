package understudy.pairing;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import understudy.config.ClusterDocument;
import understudy.config.ConfigReader;
import understudy.config.DatasetConfig;
import understudy.config.Endpoint;
import understudy.config.Read;
import understudy.failover.Designation;
import understudy.wire.Contact;
import understudy.wire.Dialer;
import understudy.wire.Greeting;
import understudy.wire.Identity;
import understudy.wire.Members;
import understudy.wire.MembersDocument;
import understudy.wire.PeerConnector;
import understudy.wire.PeerStream;
import understudy.wire.Purpose;
import understudy.wire.Reach;
import understudy.wire.Tls;

/**
 * The joining machine's side: proves itself, has itself tried from the other side, looks at its own
 * disks, and stores everything only when all checks of both sides passed. Needs no daemon; blocks.
 */
public final class Joining {
  static final String CLUSTER = "cluster.yaml";
  static final String USERS = "users.json";

  /** The inviter measures its directories and tries our addresses meanwhile. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final JoinPlan plan;
  private final Identity identity;
  private final boolean isNewIdentity;

  private Joining(JoinPlan plan, Identity identity, boolean isNewIdentity) {
    this.plan = plan;
    this.identity = identity;
    this.isNewIdentity = isNewIdentity;
  }

  /**
   * Joins.
   *
   * @throws IOException this machine's own files cannot be read or written; nothing was changed
   */
  public static JoinOutcome join(JoinPlan plan) throws IOException {
    Optional<Members> members = Members.load(plan.config().state());
    if (members.isPresent() && !members.get().peers().isEmpty()) {
      return new JoinOutcome.Refused(
          "already-paired",
          "this machine is paired with " + members.get().peers().getFirst().name() + " already",
          Optional.of("end that first: understudy pair leave"));
    }
    Optional<Identity> known = Identity.load(plan.config().state());
    Identity identity =
        known.isPresent()
            ? known.get()
            : Identity.create(
                plan.config().name(), plan.addresses().stream().map(Endpoint::host).toList());
    return new Joining(plan, identity, known.isEmpty()).listenAndJoin();
  }

  private JoinOutcome listenAndJoin() throws IOException {
    try (AnsweringPort port =
        AnsweringPort.open(plan.config().listen(), identity, plan.invite().secret())) {
      List<String> failures = new ArrayList<>();
      for (Endpoint at : plan.invite().addresses()) {
        switch (new Dialer(identity, plan.limit())
            .dial(at, plan.invite().fingerprint(), Tls.PAIRING_PROTOCOL)) {
          case Contact.Failed failed -> failures.add(failed.why().sentence());
          case Contact.Open open -> {
            try (PeerStream stream = open.stream()) {
              return talk(stream, port);
            } catch (IOException broken) {
              return new JoinOutcome.NotReached(
                  at + " broke off the conversation: " + broken.getMessage());
            }
          }
        }
      }
      return new JoinOutcome.NotReached(String.join("; ", failures));
    } catch (BindException taken) {
      int port = plan.config().listen().port();
      return new JoinOutcome.Refused(
          "port-in-use",
          "port "
              + port
              + " is in use on this machine"
              + PortOwner.of(port).map(owner -> " by " + owner).orElse(""),
          Optional.of(
              "if that is the understudy daemon, stop it while joining; else choose another port:"
                  + " --address HOST:PORT"));
    }
  }

  private JoinOutcome talk(PeerStream stream, AnsweringPort port) throws IOException {
    stream.limitReads(PATIENCE);
    Messages.send(stream, Messages.Ask.class, ask(port));
    Messages.Offer offer = Messages.receive(stream, Messages.Offer.class);
    if (offer.refusal() != null) {
      return refused(offer.refusal());
    }
    List<Messages.OfferedDataset> datasets;
    switch (read(offer.document())) {
      case Read.Valid<ClusterDocument>(ClusterDocument document, var _) ->
          datasets = onThisMachine(offer.datasets(), document);
      case Read.Invalid<ClusterDocument>(var problems) -> {
        return new JoinOutcome.Refused(
            "bad-document",
            "the cluster document is not valid on this machine: " + problems.getFirst(),
            Optional.of("correct node.yaml here, or the document on " + offer.name()));
      }
    }
    TargetChecks targets =
        new TargetChecks(offer.name(), plan.config().name().value(), plan.mayReplaceData());
    List<String> words = targets.plan(datasets);
    Messages.send(stream, Messages.Facts.class, new Messages.Facts(targets.of(datasets)));
    List<Check> checks = Messages.receive(stream, Messages.Verdict.class).checks();
    if (checks.stream().anyMatch(Check::isFailed)) {
      return new JoinOutcome.Unfit(checks, words);
    }
    Messages.send(stream, Messages.Decision.class, new Messages.Decision(!plan.isRehearsal()));
    return plan.isRehearsal()
        ? new JoinOutcome.Rehearsed(checks, words)
        : enter(stream, offer, checks, words);
  }

  private Read<ClusterDocument> read(String document) {
    return plan.config().designation() == Designation.WITNESS
        ? ConfigReader.readClusterOfWitness(document, CLUSTER)
        : ConfigReader.readCluster(document, CLUSTER, plan.config().variables());
  }

  /** The sizes are the inviter's, the paths are this machine's own. */
  private static List<Messages.OfferedDataset> onThisMachine(
      List<Messages.OfferedDataset> offered, ClusterDocument document) {
    Map<String, String> paths =
        document.config().datasets().stream()
            .collect(Collectors.toMap(DatasetConfig::name, own -> own.path().toString()));
    return offered.stream()
        .filter(dataset -> paths.containsKey(dataset.name()))
        .map(
            dataset ->
                new Messages.OfferedDataset(
                    dataset.name(),
                    String.valueOf(paths.get(dataset.name())),
                    dataset.isMeasured(),
                    dataset.files(),
                    dataset.bytes()))
        .toList();
  }

  private Messages.Ask ask(AnsweringPort port) {
    return new Messages.Ask(
        plan.invite().id(),
        plan.invite().secret(),
        plan.config().name().value(),
        plan.config().designation().word(),
        plan.release().version(),
        plan.clock().wall().toEpochMilli(),
        plan.addresses().stream()
            .map(at -> at.port() == 0 ? new Endpoint(at.host(), port.port()) : at)
            .map(Endpoint::toString)
            .toList(),
        plan.config().links());
  }

  private JoinOutcome enter(
      PeerStream stream, Messages.Offer offer, List<Check> checks, List<String> words)
      throws IOException {
    Messages.Welcome welcome = Messages.receive(stream, Messages.Welcome.class);
    if (welcome.refusal() != null) {
      return refused(welcome.refusal());
    }
    MembersDocument members = welcome.members();
    if (members == null || !members.cluster().equals(plan.invite().cluster())) {
      return new JoinOutcome.Refused(
          "other-cluster", "the answer is about another cluster than the invite", Optional.empty());
    }
    JoinStore store = new JoinStore(plan, isNewIdentity ? Optional.of(identity) : Optional.empty());
    try {
      store.write(members, welcome.documents());
    } catch (IOException | IllegalArgumentException failed) {
      store.undo();
      Messages.send(stream, Messages.Stored.class, new Messages.Stored(false));
      throw new IOException("cannot store the cluster's files: " + failed.getMessage(), failed);
    }
    try {
      Messages.send(stream, Messages.Stored.class, new Messages.Stored(true));
      Messages.Refusal refusal = Messages.receive(stream, Messages.Done.class).refusal();
      if (refusal != null) {
        store.undo();
        return refused(refusal);
      }
    } catch (IOException brokeOff) {
      return afterDoubt(store, offer, checks, words);
    }
    return new JoinOutcome.Joined(offer.name(), offer.cluster(), checks, words);
  }

  /** The last word is missing: asks the inviter whether it counts us in. */
  private JoinOutcome afterDoubt(
      JoinStore store, Messages.Offer offer, List<Check> checks, List<String> words)
      throws IOException {
    Members members = Members.load(plan.config().state()).orElseThrow();
    PeerConnector connector =
        new PeerConnector(
            new Dialer(identity, plan.limit()),
            new Greeting(identity, plan.config().name(), plan.release(), members));
    Reach reach = connector.connect(members.peers().getFirst(), Purpose.PAIRING);
    return switch (reach) {
      case Reach.Reached reached -> {
        reached.connection().close();
        yield new JoinOutcome.Joined(offer.name(), offer.cluster(), checks, words);
      }
      case Reach.NotAMember stranger -> {
        store.undo();
        yield new JoinOutcome.NotReached(
            offer.name() + " did not take this machine in; nothing was changed");
      }
      case Reach.Refused r -> unsure(r);
      case Reach.TimedOut t -> unsure(t);
      case Reach.Unreachable u -> unsure(u);
      case Reach.WrongCertificate w -> unsure(w);
      case Reach.OtherCluster o -> unsure(o);
      case Reach.OtherVersion o -> unsure(o);
      case Reach.Unintelligible u -> unsure(u);
    };
  }

  private static JoinOutcome unsure(Reach reach) {
    return new JoinOutcome.Unsure(
        "everything is stored here, but whether the other side has it, too, is unknown: "
            + reach.sentence());
  }

  private static JoinOutcome refused(Messages.Refusal refusal) {
    return new JoinOutcome.Refused(
        refusal.code(), refusal.message(), Optional.ofNullable(refusal.fix()));
  }
}
