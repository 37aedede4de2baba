package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreePath;
import understudy.time.Clock;

/** The source as a follower talks to it: questions out, bounded answers in. */
final class Peer {
  private final Channel channel;

  Peer(SyncStream stream, RateLimit limit, Clock clock) {
    this.channel = new Channel(limit.on(stream.in()), stream.out(), clock);
  }

  /** Asks for the head; {@code working} hears of entries and bytes while the source scans. */
  Offer hello(Hello hello, BiConsumer<Long, Long> working) throws IOException, MalformedException {
    channel.send(Channel.Kind.HELLO, hello.encode());
    channel.flush();
    while (true) {
      Channel.Frame frame = channel.required();
      switch (frame.kind()) {
        case WORKING -> {
          ByteReader reader = frame.reader();
          working.accept(reader.count(), reader.count());
        }
        case REFUSED -> throw refusal(frame.reader());
        case OFFER -> {
          return Offer.decode(frame.reader());
        }
        case HELLO,
            WANT_TREES,
            TREE,
            WANT_FILES,
            PART,
            LAST_PART,
            UNAVAILABLE,
            WANT_BLOCKS,
            BLOCK,
            LAST_BLOCK,
            AWAIT,
            LOOK_AGAIN ->
            throw unexpected(frame);
      }
    }
  }

  /** The source waits a moment for something to change there; false when it knows of nothing. */
  boolean hasNews(String dataset) throws IOException, MalformedException {
    channel.send(Channel.Kind.AWAIT, new ByteWriter(64).text(dataset).bytes());
    channel.flush();
    Channel.Frame frame = channel.required();
    if (frame.kind() != Channel.Kind.WORKING) {
      throw unexpected(frame);
    }
    return frame.reader().count() > 0;
  }

  /** The source's next look is at everything. */
  void lookAgain(String dataset) throws IOException {
    channel.send(Channel.Kind.LOOK_AGAIN, new ByteWriter(64).text(dataset).bytes());
  }

  private static SyncRefused refusal(ByteReader reader) throws MalformedException {
    String word = reader.text(64);
    SyncRefused.Code code =
        Arrays.stream(SyncRefused.Code.values())
            .filter(one -> one.name().equals(word))
            .findFirst()
            .orElseThrow(() -> new MalformedException("a refusal has an unknown code"));
    return new SyncRefused(code, text(reader.shortBytes()), text(reader.shortBytes()));
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  static MalformedException unexpected(Channel.Frame frame) {
    return new MalformedException("a source does not send " + frame.kind() + " here");
  }

  /** Asks for many things at once; the answers come in the same order. */
  void want(Channel.Kind kind, List<TreePath> paths) throws IOException {
    ByteWriter writer = new ByteWriter(paths.size() * 48);
    paths.forEach(path -> writer.shortBytes(path.bytes()));
    channel.send(kind, writer.bytes());
    channel.flush();
  }

  /** Asks for those blocks of a file that are not these. */
  void wantBlocks(TreePath path, Blocks base) throws IOException {
    byte[] prefixes = base.prefixes();
    ByteWriter writer = new ByteWriter(prefixes.length + path.bytes().length + 32);
    writer.shortBytes(path.bytes()).longBytes(prefixes);
    channel.send(Channel.Kind.WANT_BLOCKS, writer.bytes());
    channel.flush();
  }

  Channel.Frame next() throws IOException {
    return channel.required();
  }

  /** The payload of a part is done with. From any thread. */
  void giveBack(byte[] payload) {
    channel.giveBack(payload);
  }

  long movedBytes() {
    return channel.movedBytes();
  }
}
