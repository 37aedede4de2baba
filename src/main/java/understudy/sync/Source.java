package understudy.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.failover.Term;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Generation;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Name;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreePath;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * One follower's session on the side that has the data. Answers in the order of the questions. What
 * it offers is a snapshot of the index, so a later capture does not disturb it; only what that
 * snapshot lists is ever read for the follower.
 */
final class Source {
  /** How many paths one request names. */
  static final int MOST_PATHS = 4096;

  /** The largest list of blocks that a follower may compare with. */
  static final int MOST_PREFIX_BYTES = 2 << 20;

  private static final int LONGEST_NAME = 63;

  /** How long the source waits for news before it answers that there are none. */
  private static final Duration AWAITED = Duration.ofMillis(100);

  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);

  /** Where the session finds its datasets. */
  interface Datasets {
    Optional<Dataset> find(String name);
  }

  private final Datasets datasets;
  private final Clock clock;
  private final Term term;
  private final CaptureListener listener;
  private final Channel channel;
  private byte[] buffer = new byte[0];
  private @Nullable Standing standing;
  private boolean isVerifiedOnly;

  Source(
      Datasets datasets,
      Clock clock,
      Term term,
      CaptureListener listener,
      InputStream in,
      OutputStream out) {
    this.datasets = datasets;
    this.clock = clock;
    this.term = term;
    this.listener = listener;
    this.channel = new Channel(in, out, clock);
  }

  /** Offers what this node has, and captures nothing: this node is a follower itself. */
  Source verifiedOnly() {
    isVerifiedOnly = true;
    return this;
  }

  /** What the follower was offered last: the dataset, its index at that time, its open root. */
  private record Standing(Dataset dataset, Index snapshot, Directory root)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      root.close();
      snapshot.close();
    }
  }

  /** Serves until the follower closes the stream. */
  void serve() throws IOException {
    try {
      Optional<Channel.Frame> frame = channel.next();
      while (frame.isPresent()) {
        answer(frame.get());
        channel.flush();
        frame = channel.next();
      }
    } catch (MalformedException untrusted) {
      throw new IOException("the follower sent nonsense: " + untrusted.getMessage(), untrusted);
    } finally {
      leave();
    }
  }

  private void leave() throws IOException {
    if (standing != null) {
      standing.dataset().recent().forgetContents();
      standing.close();
      standing = null;
    }
  }

  private void answer(Channel.Frame frame) throws IOException, MalformedException {
    switch (frame.kind()) {
      case HELLO -> offer(frame.reader());
      case WANT_TREES -> sendTrees(frame.reader());
      case WANT_FILES -> sendFiles(frame.reader());
      case AWAIT -> await(frame.reader());
      case LOOK_AGAIN ->
          datasets
              .find(frame.reader().text(LONGEST_NAME))
              .ifPresent(dataset -> dataset.watching().doubt("a follower wants all looked at"));
      case WANT_BLOCKS -> sendBlocks(frame.reader());
      case OFFER, REFUSED, WORKING, TREE, PART, LAST_PART, UNAVAILABLE, BLOCK, LAST_BLOCK ->
          throw new MalformedException("a follower never sends " + frame.kind());
    }
  }

  /** Answers 1 when something has changed, or may have, and else 0 after a moment. */
  private void await(ByteReader reader) throws IOException, MalformedException {
    Optional<Dataset> dataset = datasets.find(reader.text(LONGEST_NAME));
    boolean hasNews = dataset.isEmpty() || dataset.get().watching().hasNews(AWAITED);
    channel.send(Channel.Kind.WORKING, new ByteWriter(16).u64(hasNews ? 1 : 0).u64(0).bytes());
  }

  private void offer(ByteReader reader) throws IOException {
    leave();
    try {
      Hello hello = Hello.decode(reader);
      Dataset dataset =
          datasets
              .find(hello.dataset())
              .orElseThrow(
                  () ->
                      new SyncRefused(
                          SyncRefused.Code.UNKNOWN_DATASET,
                          "the source has no dataset '" + hello.dataset() + "'",
                          "give both nodes the same cluster document"));
      Moment begunAt = clock.now();
      if (isVerifiedOnly) {
        dataset.checkWhole();
      } else {
        dataset.capture(
            term,
            hello.isForced(),
            new Scanner.Orders(hello.reread(), hello.withhold()),
            new SignsOfLife());
        listener.captured(hello.dataset(), begunAt);
      }
      Standing fresh = dataset.standing(Standing::new);
      standing = fresh;
      channel.send(Channel.Kind.OFFER, offer(fresh, hello).encode());
    } catch (SyncRefused refused) {
      refuse(refused.code(), String.valueOf(refused.getMessage()), refused.fix());
    } catch (MalformedException wrong) {
      refuse(
          SyncRefused.Code.UNTRUSTED_PEER,
          "the source does not understand this node: " + wrong.getMessage(),
          "run the same version on both nodes");
    }
  }

  private static Offer offer(Standing standing, Hello hello) throws IOException {
    History history = new History(standing.snapshot());
    Generation head = history.head().orElseThrow(() -> new IOException("no generation yet"));
    Optional<Integer> known = Optional.empty();
    long place = 0;
    for (int at = 0; at < hello.line().size() && known.isEmpty(); at++) {
      Optional<Long> found = history.place(hello.line().get(at));
      if (found.isPresent()) {
        known = Optional.of(at);
        place = found.get();
      }
    }
    return new Offer(
        head,
        standing.dataset().rootEntry(standing.snapshot()),
        known,
        history.ancestorsAfter(place, Offer.MOST_ANCESTORS));
  }

  private void refuse(SyncRefused.Code code, String reason, String fix) throws IOException {
    channel.send(
        Channel.Kind.REFUSED,
        new ByteWriter(256)
            .text(code.name())
            .shortBytes(reason.getBytes(StandardCharsets.UTF_8))
            .shortBytes(fix.getBytes(StandardCharsets.UTF_8))
            .bytes());
  }

  /** Tells the waiting follower that the scan goes on. */
  private final class SignsOfLife extends Scanning {
    private Moment next = clock.now().plus(SIGN_OF_LIFE);

    @Override
    void report(long seenEntries, long readSoFarBytes) throws IOException {
      if (clock.now().isAfter(next)) {
        next = clock.now().plus(SIGN_OF_LIFE);
        channel.send(
            Channel.Kind.WORKING, new ByteWriter(16).u64(seenEntries).u64(readSoFarBytes).bytes());
        channel.flush();
      }
    }
  }

  private Standing standing() throws MalformedException {
    if (standing == null) {
      throw new MalformedException("nothing was offered yet");
    }
    return standing;
  }

  private static List<TreePath> paths(ByteReader reader) throws MalformedException {
    List<TreePath> paths = new ArrayList<>();
    while (reader.hasMore()) {
      if (paths.size() == MOST_PATHS) {
        throw new MalformedException("more than " + MOST_PATHS + " paths in one request");
      }
      paths.add(TreePath.received(reader.shortBytes()));
    }
    return paths;
  }

  private void sendTrees(ByteReader reader) throws IOException, MalformedException {
    Standing here = standing();
    for (TreePath path : paths(reader)) {
      Optional<byte[]> tree = here.snapshot().encoded(path);
      if (tree.isPresent()) {
        channel.send(Channel.Kind.TREE, tree.get());
      } else {
        channel.send(Channel.Kind.UNAVAILABLE, new byte[0]);
      }
    }
  }

  private void sendFiles(ByteReader reader) throws IOException, MalformedException {
    Standing here = standing();
    Optional<TreePath> parent = Optional.empty();
    Tree tree = Tree.EMPTY;
    for (TreePath path : paths(reader)) {
      if (path.isRoot()) {
        throw new MalformedException("the root is not a file");
      }
      if (parent.isEmpty() || !path.parent().equals(parent.get())) {
        parent = Optional.of(path.parent());
        Optional<IndexedTree> indexed = here.snapshot().directory(path.parent());
        tree = indexed.isPresent() ? indexed.get().tree() : Tree.EMPTY;
      }
      Optional<Entry> entry = find(tree, path.name());
      if (entry.isPresent() && entry.get() instanceof Entry.File file) {
        send(here, path, file);
      } else {
        channel.send(Channel.Kind.UNAVAILABLE, new byte[0]);
      }
    }
  }

  /** Sends the blocks of one file whose hashes do not begin as the follower's do. */
  private void sendBlocks(ByteReader reader) throws IOException, MalformedException {
    Standing here = standing();
    TreePath path = TreePath.received(reader.shortBytes());
    byte[] prefixes = reader.longBytes(MOST_PREFIX_BYTES);
    reader.end();
    if (path.isRoot()) {
      throw new MalformedException("the root is not a file");
    }
    Optional<IndexedTree> parent = here.snapshot().directory(path.parent());
    Tree tree = parent.isPresent() ? parent.get().tree() : Tree.EMPTY;
    if (find(tree, path.name()).orElse(null) instanceof Entry.File file) {
      sendBlocks(here, path, file, prefixes);
    } else {
      channel.send(Channel.Kind.UNAVAILABLE, new byte[0]);
    }
  }

  private void sendBlocks(Standing here, TreePath path, Entry.File file, byte[] prefixes)
      throws IOException {
    try (OpenFile open = here.root().read(path.bytes())) {
      Optional<Blocks> blocks = blocks(here, file, open);
      if (blocks.isEmpty()) {
        channel.send(Channel.Kind.UNAVAILABLE, new byte[0]);
        return;
      }
      for (int block = 0; block < blocks.get().count(); block++) {
        if (!blocks.get().isAt(block, prefixes)) {
          sendBlock(open, blocks.get(), block);
        }
      }
      channel.send(Channel.Kind.LAST_BLOCK, new byte[0]);
    } catch (SystemCallException unreadable) {
      channel.send(Channel.Kind.UNAVAILABLE, new byte[0]);
    }
  }

  /** As the last scan saw them, else read anew; empty when the file is another by now. */
  private Optional<Blocks> blocks(Standing here, Entry.File file, OpenFile open)
      throws IOException {
    if (open.status().type() != FileStatus.Type.FILE) {
      return Optional.empty();
    }
    Optional<Blocks> recent = here.dataset().recent().blocks(file.content());
    return recent.isPresent()
        ? recent
        : BlockReading.read(open, file.sizeBytes(), Optional.empty(), new SignsOfLife())
            .filter(read -> read.content().equals(file.content()));
  }

  /** Position (8 bytes) and content; what changes meanwhile, the follower finds out. */
  private void sendBlock(OpenFile open, Blocks blocks, int block) throws IOException {
    long start = (long) block * blocks.blockBytes();
    int left = blocks.lengthOf(block);
    while (left > 0) {
      int length = Math.min(left, OpenFile.CHUNK_BYTES);
      byte[] part = new byte[8 + length];
      for (int at = 0; at < 8; at++) {
        part[at] = (byte) (start >>> (56 - 8 * at));
      }
      int read = open.readAt(start, part, 8, length);
      if (read == 0) {
        return; // shorter by now
      }
      channel.send(Channel.Kind.BLOCK, part, 8 + read);
      start += read;
      left -= read;
    }
  }

  private static Optional<Entry> find(Tree tree, Name name) {
    int low = 0;
    int high = tree.entries().size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = tree.entries().get(middle).name().compareTo(name);
      if (order == 0) {
        return Optional.of(tree.entries().get(middle));
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  /**
   * Sends exactly the offered length; whether it is the offered content, the follower finds out.
   */
  private void send(Standing here, TreePath path, Entry.File file) throws IOException {
    Optional<byte[]> recent = here.dataset().recent().find(file.content());
    if (recent.isPresent()) {
      channel.send(Channel.Kind.LAST_PART, recent.get());
      return;
    }
    try (OpenFile open = here.root().read(path.bytes())) {
      if (open.status().type() != FileStatus.Type.FILE) {
        channel.send(Channel.Kind.UNAVAILABLE, new byte[0]);
        return;
      }
      if (buffer.length == 0) {
        buffer = new byte[OpenFile.CHUNK_BYTES];
      }
      long left = file.sizeBytes();
      int read;
      do {
        read = open.read(buffer, 0, (int) Math.min(buffer.length, left));
        left -= read;
        channel.send(
            left == 0 || read == 0 ? Channel.Kind.LAST_PART : Channel.Kind.PART, buffer, read);
      } while (left > 0 && read > 0);
    } catch (SystemCallException unreadable) {
      channel.send(Channel.Kind.UNAVAILABLE, new byte[0]);
    }
  }
}
