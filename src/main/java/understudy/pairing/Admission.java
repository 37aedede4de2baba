package understudy.pairing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.ClusterDocument;
import understudy.config.ConfigReader;
import understudy.config.Endpoint;
import understudy.config.Read;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.pairing.Messages.Refusal;
import understudy.wire.Contact;
import understudy.wire.Dialer;
import understudy.wire.Fingerprint;
import understudy.wire.Frames;
import understudy.wire.Member;
import understudy.wire.MembersDocument;
import understudy.wire.PeerStream;
import understudy.wire.Reach;
import understudy.wire.Tls;

/** Lets a machine with a good invite in, after both directions and every check were proven. */
final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  /** The joining machine measures its directories, and a person may be asked there. */
  private static final Duration THINKING_TIME = Duration.ofMinutes(5);

  private static final long LARGEST_DOCUMENT_BYTES = 256 * 1024;

  private final DeskParts parts;
  private final Invites invites;
  private final Introductions introductions;
  private final Dialer dialer;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  Admission(DeskParts parts, Invites invites, Introductions introductions) {
    this.parts = parts;
    this.introductions = introductions;
    this.invites = invites;
    this.dialer = new Dialer(parts.identity(), parts.limit());
  }

  void admit(X509Certificate certificate, PeerStream stream) throws IOException {
    Messages.Ask ask = Messages.receive(stream, Messages.Ask.class);
    Optional<Refusal> refusal = judge(ask);
    if (refusal.isEmpty() && !oneAtATime.tryLock()) {
      refusal =
          Optional.of(
              new Refusal("busy", "another machine is joining right now", "try again shortly"));
    }
    if (refusal.isPresent()) {
      LOG.warn(
          "refused a machine that showed {}: {}",
          Fingerprint.of(certificate).brief(),
          refusal.get().message());
      Messages.send(stream, Messages.Offer.class, refused(refusal.get()));
      return;
    }
    try {
      negotiate(ask, certificate, stream);
    } finally {
      oneAtATime.unlock();
    }
  }

  private Optional<Refusal> judge(Messages.Ask ask) {
    return switch (invites.judge(ask.invite(), ask.secret())) {
      case GOOD -> unfitName(ask.name());
      case UNKNOWN ->
          refusal("unknown-invite", "this node did not give out that invite, or was restarted");
      case EXPIRED -> refusal("expired-invite", "the invite has expired: it was good for 15 min");
      case USED -> refusal("used-invite", "the invite was used already");
      case WRONG_SECRET -> refusal("wrong-invite", "the invite's secret is wrong");
      case TOO_MANY_TRIES ->
          refusal("too-many-tries", "the invite is void: too many wrong secrets were tried");
    };
  }

  private Optional<Refusal> unfitName(String text) {
    try {
      NodeName name = new NodeName(text);
      boolean isTaken = name.equals(parts.name()) || parts.members().named(name).isPresent();
      return isTaken
          ? Optional.of(
              new Refusal(
                  "name-taken",
                  "there is already a node " + name + " in this cluster",
                  "take another --node name, or let that node leave first: understudy pair leave"))
          : Optional.empty();
    } catch (IllegalArgumentException unfit) {
      return Optional.of(new Refusal("bad-name", String.valueOf(unfit.getMessage()), null));
    }
  }

  private Optional<Refusal> refusal(String code, String message) {
    return Optional.of(
        new Refusal(
            code, message, "make a new one on " + parts.name() + ": understudy pair invite"));
  }

  private Messages.Offer refused(Refusal refusal) {
    return new Messages.Offer(refusal, "", "", "", 0, List.of(), "");
  }

  private void negotiate(Messages.Ask ask, X509Certificate certificate, PeerStream stream)
      throws IOException {
    long ourMillis = parts.clock().wall().toEpochMilli();
    Member joiner;
    ClusterDocument document;
    try {
      joiner = member(ask, certificate);
      document = document();
    } catch (IllegalArgumentException unfit) {
      Messages.send(
          stream,
          Messages.Offer.class,
          refused(new Refusal("not-possible", String.valueOf(unfit.getMessage()), null)));
      return;
    }
    stream.limitReads(THINKING_TIME);
    Messages.send(
        stream,
        Messages.Offer.class,
        new Messages.Offer(
            null,
            document.config().name(),
            parts.name().value(),
            parts.release().version(),
            ourMillis,
            offered(document),
            document.text()));
    List<Check> checks = new ArrayList<>(ownChecks(ask, joiner, ourMillis));
    checks.addAll(Messages.receive(stream, Messages.Facts.class).checks());
    Messages.send(stream, Messages.Verdict.class, new Messages.Verdict(checks));
    if (checks.stream().noneMatch(Check::isFailed)
        && Messages.receive(stream, Messages.Decision.class).go()) {
      welcome(ask, joiner, document, stream);
    }
  }

  private static Member member(Messages.Ask ask, X509Certificate certificate) {
    return new Member(
        new NodeName(ask.name()),
        Designation.valueOf(ask.designation().toUpperCase(Locale.ROOT)),
        certificate,
        ask.addresses().stream().map(Endpoint::parse).toList(),
        ask.links());
  }

  private ClusterDocument document() {
    return switch (ConfigReader.readCluster(parts.clusterFile(), parts.variables())) {
      case Read.Valid<ClusterDocument>(ClusterDocument document, var warnings) -> document;
      case Read.Invalid<ClusterDocument>(var problems) ->
          throw new IllegalArgumentException(
              "the cluster document on "
                  + parts.name()
                  + " is not valid: "
                  + problems.getFirst()
                  + "; see understudy config validate there");
    };
  }

  private static List<Messages.OfferedDataset> offered(ClusterDocument document) {
    return document.config().datasets().stream()
        .map(
            dataset -> {
              TreeSize size = TreeSize.of(dataset.path());
              return new Messages.OfferedDataset(
                  dataset.name(),
                  dataset.path().toString(),
                  size.isWhole(),
                  size.files(),
                  size.bytes());
            })
        .toList();
  }

  private List<Check> ownChecks(Messages.Ask ask, Member joiner, long ourMillis) {
    MachineChecks machines = new MachineChecks(parts.name().value(), ask.name());
    List<Check> checks = new ArrayList<>();
    checks.add(machines.versions(parts.release(), ask.release()));
    checks.add(machines.clocks(ourMillis, ask.wallMillis()));
    checks.add(
        machines.designations(parts.designation(), parts.members().peers(), joiner.designation()));
    checks.add(machines.forth());
    checks.addAll(introductions.reachable());
    for (Endpoint at : joiner.addresses()) {
      checks.add(machines.back(probe(at, joiner, ask.secret())));
    }
    return checks;
  }

  /** Calls the joining machine at its address, pinned to the certificate that it showed us. */
  private ReachRow probe(Endpoint at, Member joiner, String secret) {
    String from = parts.name().value();
    String to = joiner.name().value();
    return switch (dialer.dial(at, joiner.fingerprint(), Tls.PAIRING_PROTOCOL)) {
      case Contact.Failed failed -> ReachRow.of(from, to, failed.why());
      case Contact.Open open -> {
        try (PeerStream back = open.stream()) {
          byte[] probe = new byte[AnsweringPort.PROBE_BYTES];
          new SecureRandom().nextBytes(probe);
          back.limitReads(parts.limit());
          Frames.write(back.out(), probe);
          byte[] answer = Frames.read(back.in(), AnsweringPort.PROBE_BYTES);
          yield MessageDigest.isEqual(answer, AnsweringPort.answer(probe, secret))
              ? new ReachRow(from, to, at.toString(), "reached", "reached " + to + " at " + at)
              : ReachRow.of(from, to, new Reach.Unintelligible(at, "it does not hold the invite"));
        } catch (IOException broken) {
          yield ReachRow.of(
              from, to, new Reach.Unintelligible(at, String.valueOf(broken.getMessage())));
        }
      }
    };
  }

  private void welcome(Messages.Ask ask, Member joiner, ClusterDocument document, PeerStream stream)
      throws IOException {
    if (!invites.use(ask.invite())) {
      Messages.send(
          stream,
          Messages.Welcome.class,
          new Messages.Welcome(
              refusal("used-invite", "the invite was used already").orElseThrow(),
              null,
              List.of()));
      return;
    }
    Messages.send(
        stream,
        Messages.Welcome.class,
        new Messages.Welcome(null, membersFor(joiner), documents(document, joiner)));
    if (!Messages.receive(stream, Messages.Stored.class).isStored()) {
      LOG.warn("{} could not store what it needs; it is not a member", joiner.name());
      return;
    }
    Optional<Refusal> untold = introductions.introduce(joiner);
    if (untold.isPresent()) {
      LOG.warn("{} is not let in: {}", joiner.name(), untold.get().message());
      Messages.send(stream, Messages.Done.class, new Messages.Done(untold.get()));
      return;
    }
    parts.members().add(joiner);
    LOG.info("{} joined the cluster, pinned to {}", joiner.name(), joiner.fingerprint().brief());
    parts.listener().joined(joiner);
    Messages.send(stream, Messages.Done.class, new Messages.Done(null));
  }

  private MembersDocument membersFor(Member joiner) {
    List<MembersDocument.Row> rows = new ArrayList<>();
    List<Endpoint> own = parts.addresses().get();
    rows.add(
        MembersDocument.Row.of(
            new Member(
                parts.name(),
                parts.designation(),
                parts.identity().certificate(),
                own,
                own.stream().map(Endpoint::host).toList())));
    parts.members().peers().stream()
        .filter(peer -> !peer.name().equals(joiner.name()))
        .map(MembersDocument.Row::of)
        .forEach(rows::add);
    return new MembersDocument(
        parts.members().cluster().id(), parts.members().cluster().exported(), rows);
  }

  private List<Messages.Document> documents(ClusterDocument document, Member joiner)
      throws IOException {
    List<Messages.Document> documents = new ArrayList<>();
    documents.add(new Messages.Document(Joining.CLUSTER, document.text()));
    Path users = parts.usersFile();
    // A witness answers no people: what it does not know cannot be stolen there.
    if (joiner.designation() != Designation.WITNESS
        && Files.exists(users)
        && Files.size(users) <= LARGEST_DOCUMENT_BYTES) {
      documents.add(new Messages.Document(Joining.USERS, Files.readString(users)));
    }
    return documents;
  }
}
