package understudy.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.DocumentCalls;
import understudy.api.Views;
import understudy.config.ClusterConfig;
import understudy.config.ClusterDocument;
import understudy.config.ConfigReader;
import understudy.config.ConfigWriter;
import understudy.config.LineDiff;
import understudy.config.NodeConfig;
import understudy.config.Problem;
import understudy.config.Read;
import understudy.failover.NodeName;
import understudy.node.PeerQuestion.AboutDocument;
import understudy.node.PeerQuestion.Wish;
import understudy.node.PeerReply.OfDocument;
import understudy.store.DocumentStore;
import understudy.store.DocumentStore.Revision;
import understudy.time.Clock;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * The cluster document of this node and its way to the others. A change is checked on every node in
 * touch before any takes it; a node that was away takes the later revision when it is back. What is
 * replaced is kept. Safe from any thread; whoever changes something waits for its turn.
 */
final class Documents implements DocumentCalls {
  private static final Logger LOG = LoggerFactory.getLogger(Documents.class);
  private static final long TURN_WITHIN_SECONDS = 1;

  /** The rest of the daemon: what is told of documents. */
  interface Application {
    /** What the change means for this node, in words; changes nothing. */
    List<String> plan(ClusterConfig before, ClusterConfig after);

    /** Puts the document in force; answers what did not work. Blocks. */
    List<String> apply(ClusterConfig before, ClusterConfig after);

    boolean isHeard(NodeName peer);

    void note(String rule, String sentence, List<String> evidence);
  }

  private record Held(ClusterDocument document, Revision revision) {}

  private final Path file;
  private final DocumentStore store;
  private final Members members;
  private final PeerCalls calls;
  private final PeerBook book;
  private final Clock clock;
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<NodeName, String> compared = new HashMap<>();
  private volatile NodeConfig node;
  private volatile Held held;
  private volatile String hashInForce;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile Optional<Application> application = Optional.empty();

  Documents(
      Path file,
      NodeConfig node,
      ClusterDocument document,
      DocumentStore store,
      Members members,
      PeerCalls calls,
      PeerBook book,
      Clock clock)
      throws IOException {
    this.file = file;
    this.node = node;
    this.store = store;
    this.members = members;
    this.calls = calls;
    this.book = book;
    this.clock = clock;
    this.hashInForce = document.hash();
    Optional<Revision> known = store.load();
    if (known.filter(it -> it.hash().equals(document.hash())).isPresent()) {
      this.held = new Held(document, known.get());
    } else {
      long next = known.map(it -> it.revision() + 1).orElse(1L);
      String by = known.isPresent() ? "an editor, while the daemon was stopped" : "the first start";
      this.held = new Held(document, revision(next, document, by));
      store.save(held.revision());
    }
  }

  /** The rest is made after this. */
  void appliedBy(Application madeLater) {
    application = Optional.of(madeLater);
  }

  private Application application() {
    return application.orElseThrow();
  }

  private OtherDocuments others() {
    return new OtherDocuments(members, calls, application());
  }

  ClusterConfig config() {
    return held.document().config();
  }

  /** Hash of the document that this node goes by: a new one counts once it is in force. */
  String hashInForce() {
    return hashInForce;
  }

  /** Why the nodes do not agree; empty: they do, as far as is known. */
  Optional<String> trouble() {
    return trouble;
  }

  boolean isHeard(NodeName peer) {
    return application().isHeard(peer);
  }

  /** All other nodes said last that they go by the same document. */
  boolean isAgreed() {
    return members.peers().stream().allMatch(peer -> isSame(peer.name()).orElse(false));
  }

  /** Another node is known to go by another document. */
  private boolean isContested() {
    return trouble.isPresent()
        || members.peers().stream()
            .anyMatch(peer -> isSame(peer.name()).equals(Optional.of(false)));
  }

  private Optional<Boolean> isSame(NodeName peer) {
    return book.of(peer).map(entry -> entry.configHash().equals(hashInForce));
  }

  private Revision revision(long number, ClusterDocument document, String by) {
    return new Revision(number, document.hash(), clock.wall(), by);
  }

  @Override
  public Views.Document document() {
    Held now = held;
    return new Views.Document(
        now.document().text(),
        now.document().hash(),
        now.revision().revision(),
        now.revision().at(),
        now.revision().by(),
        members.peers().stream()
            .map(
                peer ->
                    new Views.DocumentOn(
                        peer.name().value(),
                        application().isHeard(peer.name())
                            ? isSame(peer.name()).orElse(null)
                            : null))
            .toList(),
        trouble.orElse(null));
  }

  @Override
  public Views.DocumentChange change(
      String text, Optional<String> expected, String by, boolean dryRun) throws Refused {
    turn.lock();
    try {
      return changeInTurn(text, expected, by, dryRun);
    } finally {
      turn.unlock();
    }
  }

  private Views.DocumentChange changeInTurn(
      String text, Optional<String> expected, String by, boolean dryRun) throws Refused {
    Held before = held;
    if (expected.isPresent() && !expected.get().equals(before.document().hash())) {
      throw new Refused(
          Refused.Why.CHANGED,
          "the document is revision %d by now, changed by %s at %s"
              .formatted(
                  before.revision().revision(), before.revision().by(), before.revision().at()),
          "read it again: understudy config export");
    }
    Read.Valid<ClusterDocument> read = valid(text);
    ClusterDocument after = read.config();
    var warnings = new ArrayList<>(read.warnings().stream().map(Problem::toString).toList());
    List<String> diff = LineDiff.between(before.document().text(), text);
    List<String> effects = application().plan(before.document().config(), after.config());
    boolean unchanged = text.equals(before.document().text()) && !isContested();
    if (unchanged) {
      return change("unchanged", before, diff, effects, warnings);
    }
    long latest = others().ask(after, before.revision(), warnings);
    var planned = new Held(after, revision(latest + 1, after, by));
    if (dryRun) {
      return change("planned", planned, diff, effects, warnings);
    }
    try {
      warnings.addAll(take(planned, diff));
    } catch (IOException unwritable) {
      throw new Refused(
          Refused.Why.NOT_STORED,
          "the document cannot be written: " + unwritable.getMessage(),
          "free space or repair the rights of " + file);
    }
    warnings.addAll(others().handOut(after, planned.revision()));
    return change("done", planned, diff, effects, warnings);
  }

  private static Views.DocumentChange change(
      String state, Held held, List<String> diff, List<String> effects, List<String> warnings) {
    return new Views.DocumentChange(
        state,
        held.revision().revision(),
        held.document().hash(),
        diff,
        effects,
        List.copyOf(warnings));
  }

  private Read.Valid<ClusterDocument> valid(String text) throws Refused {
    return DocumentRules.valid(text, node, config());
  }

  /** Writes, then puts in force; answers what did not work. In turn. */
  private List<String> take(Held fresh, List<String> diff) throws IOException {
    Held before = held;
    store.keep(before.revision(), before.document().text());
    ConfigWriter.writeCluster(file, fresh.document());
    store.save(fresh.revision());
    held = fresh;
    List<String> failures =
        application().apply(before.document().config(), fresh.document().config());
    hashInForce = fresh.document().hash();
    trouble = Optional.empty();
    var evidence = new ArrayList<String>();
    evidence.add("revision " + fresh.revision().revision() + " by " + fresh.revision().by());
    evidence.addAll(diff);
    evidence.addAll(failures);
    application().note("CONFIGURED", "the cluster document changed", evidence);
    LOG.info(
        "cluster document revision {} by {} is in force",
        fresh.revision().revision(),
        fresh.revision().by());
    failures.forEach(failure -> LOG.error("of the new cluster document: {}", failure));
    return failures;
  }

  /**
   * Reads the files again, as SIGHUP asks. What is not valid changes nothing and is logged with its
   * place.
   */
  void reload(Path nodeFile) {
    turn.lock();
    try {
      switch (ConfigReader.read(nodeFile)) {
        case Read.Invalid<?>(var problems) -> {
          problems.forEach(problem -> LOG.error("{}", problem));
          LOG.error("the configuration is not valid: everything stays as it was");
          application()
              .note(
                  "NOT_RELOADED",
                  "the configuration files have mistakes: the former configuration stays",
                  problems.stream().map(Problem::toString).toList());
        }
        case Read.Valid<understudy.config.Configuration>(var read, var warnings) -> {
          warnings.forEach(warning -> LOG.warn("{}", warning));
          reload(read.node(), read.cluster().orElse(held.document()));
        }
      }
    } catch (Refused wrong) {
      LOG.error("{}: everything stays as it was", wrong.getMessage());
    } catch (IOException unwritable) {
      LOG.error("the configuration cannot be taken over: {}", unwritable.getMessage());
    } finally {
      turn.unlock();
    }
  }

  private void reload(NodeConfig nodeNow, ClusterDocument document) throws IOException, Refused {
    boolean sameVariables = nodeNow.variables().equals(node.variables());
    if (!nodeNow.equals(node)) {
      LOG.warn(
          "node.yaml changed: {}",
          sameVariables ? "in force after the next start" : "its variables are in force now");
    }
    node = nodeNow;
    ClusterDocument fresh = valid(document.text()).config();
    boolean sameText = fresh.text().equals(held.document().text());
    if (sameText && fresh.config().equals(config())) {
      LOG.info("the cluster document has not changed");
      return;
    }
    long next = held.revision().revision() + (sameText ? 0 : 1);
    var planned = new Held(fresh, revision(next, fresh, "an editor, and SIGHUP"));
    take(planned, LineDiff.between(held.document().text(), fresh.text()));
    others().handOut(fresh, planned.revision()).forEach(warning -> LOG.warn("{}", warning));
  }

  /** Answers another node's question. */
  OfDocument answer(AboutDocument question, String from) {
    return switch (question.wish()) {
      case REVISION -> new OfDocument(held.revision(), null, null);
      case SEND -> sent(held);
      case CHECK -> checked(String.valueOf(question.text()), question.revision());
      case TAKE -> taken(String.valueOf(question.text()), question.revision(), from);
    };
  }

  private static OfDocument sent(Held held) {
    return new OfDocument(held.revision(), held.document().text(), null);
  }

  private OfDocument checked(String text, @Nullable Revision instead) {
    Held now = held;
    try {
      valid(text);
      boolean isLater =
          instead != null
              && now.revision().revision() > instead.revision()
              && !now.revision().hash().equals(instead.hash());
      return new OfDocument(
          now.revision(),
          null,
          isLater ? "has a later document, revision " + now.revision().revision() : null);
    } catch (Refused wrong) {
      return new OfDocument(now.revision(), null, wrong.getMessage());
    }
  }

  private OfDocument taken(String text, @Nullable Revision revision, String from) {
    boolean mine = false;
    try {
      mine = turn.tryLock(TURN_WITHIN_SECONDS, TimeUnit.SECONDS);
      if (!mine || revision == null || revision.revision() <= held.revision().revision()) {
        return new OfDocument(held.revision(), null, "has changed its own document meanwhile");
      }
      takeFrom(from, text, revision);
      return new OfDocument(held.revision(), null, null);
    } catch (Refused | IOException wrong) {
      return new OfDocument(held.revision(), null, wrong.getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return new OfDocument(held.revision(), null, "is stopping");
    } finally {
      if (mine) {
        turn.unlock();
      }
    }
  }

  private void takeFrom(String from, String text, Revision revision) throws Refused, IOException {
    ClusterDocument document = valid(text).config();
    LOG.info("takes revision {} of the cluster document from {}", revision.revision(), from);
    take(
        new Held(
            document,
            new Revision(revision.revision(), document.hash(), revision.at(), revision.by())),
        LineDiff.between(held.document().text(), text));
  }

  /**
   * Compares with every node in touch whose document, or ours, is not what it was when compared
   * last; takes a later one. Blocks for some seconds at most; one thread.
   */
  void compare() {
    for (Member peer : members.peers()) {
      Optional<String> theirs = book.of(peer.name()).map(PeerBook.Entry::configHash);
      if (theirs.isEmpty() || !application().isHeard(peer.name())) {
        continue;
      }
      String pair = theirs.get() + " " + held.revision().revision() + " " + hashInForce;
      if (!pair.equals(compared.get(peer.name()))) {
        try {
          compareWith(peer);
          compared.put(peer.name(), pair);
        } catch (IOException unreachable) {
          LOG.debug("{} cannot be compared with: {}", peer.name(), unreachable.getMessage());
        }
      }
    }
    if (trouble.isPresent() && isAgreed()) {
      trouble = Optional.empty();
    }
  }

  private void compareWith(Member peer) throws IOException {
    OfDocument answer = calls.document(peer, new AboutDocument(Wish.REVISION, null, null));
    turn.lock();
    try {
      Revision own = held.revision();
      Revision theirs = answer.revision();
      boolean sameText = theirs.hash().equals(own.hash());
      if (sameText && theirs.revision() > own.revision()) {
        store.save(theirs);
        held = new Held(held.document(), theirs);
      } else if (!sameText && theirs.revision() > own.revision()) {
        fetch(peer);
      } else if (!sameText && theirs.revision() == own.revision()) {
        report(
            "it was edited on both nodes: keep one, on the node that has it:"
                + " understudy config import "
                + file);
      }
    } finally {
      turn.unlock();
    }
  }

  private void fetch(Member peer) throws IOException {
    OfDocument whole = calls.document(peer, new AboutDocument(Wish.SEND, null, null));
    try {
      takeFrom(peer.name().value(), String.valueOf(whole.text()), whole.revision());
    } catch (Refused wrong) {
      report("the document of " + peer.name() + " does not hold here: " + wrong.getMessage());
    }
  }

  private void report(String what) {
    if (!trouble.equals(Optional.of(what))) {
      LOG.error("the cluster document differs between the nodes: {}", what);
    }
    trouble = Optional.of(what);
  }
}
