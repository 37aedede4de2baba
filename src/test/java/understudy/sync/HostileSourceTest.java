package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.Totals;
import understudy.sync.plan.TreeCode;
import understudy.time.SystemClock;

/**
 * A source that lies: nothing is written outside the dataset, and the run says whom not to trust.
 */
class HostileSourceTest {
  private static final Metadata PLAIN = new Metadata(0755, 0, 0, 0, 0, List.of());
  private static final byte[] CONTENT = "evil".getBytes(StandardCharsets.US_ASCII);

  private SyncLab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private static Hash content() {
    ContentHash hash = new ContentHash(CONTENT.length);
    hash.update(CONTENT, 0, CONTENT.length);
    return hash.finish();
  }

  /** A directory block with one file, its name not checked as ours would be. */
  private static byte[] block(String name) {
    ByteWriter writer = new ByteWriter(128).u8(1).shortBytes(name.getBytes(StandardCharsets.UTF_8));
    writer.u16(0644).u32(0).u32(0).u64(0).u32(0).u16(0);
    return writer.u64(CONTENT.length).hash(content()).shortBytes(new byte[0]).bytes();
  }

  private static Offer offer(byte[] block, Totals totals) {
    Entry.Subtree root = new Entry.Subtree(TreeCode.ROOT_NAME, PLAIN, TreeCode.hash(block), totals);
    Generation generation =
        new Generation(
            SyncLab.DATASET,
            List.of(),
            new Term(1),
            new NodeName("mallory"),
            TreeCode.rootHash(root),
            Instant.EPOCH,
            totals);
    return new Offer(generation, root, Optional.empty(), List.of());
  }

  /** Answers a follower's questions by a script. */
  private interface Script {
    void answer(Channel channel, Channel.Frame question) throws IOException;
  }

  private SyncResult pull(Script script) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try (Socket socket = server.accept()) {
                  Channel channel =
                      new Channel(
                          socket.getInputStream(), socket.getOutputStream(), new SystemClock());
                  Optional<Channel.Frame> question = channel.next();
                  while (question.isPresent()) {
                    script.answer(channel, question.get());
                    channel.flush();
                    question = channel.next();
                  }
                } catch (IOException closed) {
                  assertThat(closed).isNotNull(); // the follower hung up, as it should
                }
              });
      return lab.beta
          .engine()
          .pull(
              SyncLab.DATASET,
              () -> SyncLab.connect(server.getLocalPort()),
              PullOptions.USUAL.withConsent(),
              progress -> {});
    }
  }

  private void assertRefused(SyncResult result) throws IOException {
    assertThat(result).isInstanceOf(SyncResult.Failed.class);
    assertThat(((SyncResult.Failed) result).code())
        .isIn(SyncRefused.Code.UNTRUSTED_PEER, SyncRefused.Code.INPUT_OUTPUT);
    assertThat(TreePicture.of(lab.beta.root).lines()).hasSize(1);
    try (var siblings = Files.list(lab.beta.root.getParent())) {
      assertThat(siblings.map(path -> String.valueOf(path.getFileName())))
          .containsExactlyInAnyOrder("data", "state");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "../escape", "/tmp/escape", "a/b", "", "nul\0"})
  void namesThatLeadElsewhereAreRefused(String name) throws IOException {
    byte[] block = block(name);
    assertRefused(pull(tree(block, new Totals(1, 1, CONTENT.length, 0))));
  }

  @Test
  void theReservedDirectoryCannotBeOffered() throws IOException {
    assertRefused(pull(tree(block(".understudy"), new Totals(1, 1, CONTENT.length, 0))));
  }

  @Test
  void totalsThatDoNotAddUpAreRefused() throws IOException {
    assertRefused(pull(tree(block("file"), new Totals(1, 1, 1L << 60, 0))));
  }

  @Test
  void anotherTreeThanTheOfferedOneIsRefused() throws IOException {
    Offer offer = offer(block("file"), new Totals(1, 1, CONTENT.length, 0));
    assertRefused(
        pull(
            (channel, question) -> {
              switch (question.kind()) {
                case HELLO -> channel.send(Channel.Kind.OFFER, offer.encode());
                default -> channel.send(Channel.Kind.TREE, block("other"));
              }
            }));
  }

  @Test
  void otherContentThanTheOfferedOneIsNeverInstalled() throws IOException {
    assertRefused(
        pull(
            content(
                channel ->
                    channel.send(
                        Channel.Kind.LAST_PART, "good".getBytes(StandardCharsets.US_ASCII)))));
  }

  @Test
  void moreContentThanOfferedIsCutOff() throws IOException {
    assertRefused(
        pull(
            content(
                channel -> {
                  for (int at = 0; at < 100; at++) {
                    channel.send(Channel.Kind.PART, new byte[1 << 20]);
                  }
                })));
  }

  @Test
  void anEmptyOfferIsRefused() throws IOException {
    assertRefused(pull((channel, question) -> channel.send(Channel.Kind.OFFER, new byte[0])));
  }

  @Test
  void aFrameLargerThanAnyIsRefusedBeforeMemoryIsTaken() throws IOException {
    byte[] claim = {2, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
    SyncResult result;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try (Socket socket = server.accept()) {
                  socket.getOutputStream().write(claim);
                  assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
                } catch (IOException closed) {
                  assertThat(closed).isNotNull();
                }
              });
      result =
          lab.beta
              .engine()
              .pull(
                  SyncLab.DATASET,
                  () -> SyncLab.connect(server.getLocalPort()),
                  PullOptions.USUAL,
                  progress -> {});
    }
    assertRefused(result);
    assertThat(((SyncResult.Failed) result).reason()).contains("allowed are");
  }

  private static Script tree(byte[] block, Totals totals) {
    Offer offer = offer(block, totals);
    return (channel, question) -> {
      switch (question.kind()) {
        case HELLO -> channel.send(Channel.Kind.OFFER, offer.encode());
        case WANT_TREES -> channel.send(Channel.Kind.TREE, block);
        default -> channel.send(Channel.Kind.LAST_PART, CONTENT);
      }
    };
  }

  private interface Sending {
    void to(Channel channel) throws IOException;
  }

  private static Script content(Sending sending) {
    byte[] block = block("file");
    Offer offer = offer(block, new Totals(1, 1, CONTENT.length, 0));
    return (channel, question) -> {
      switch (question.kind()) {
        case HELLO -> channel.send(Channel.Kind.OFFER, offer.encode());
        case WANT_TREES -> channel.send(Channel.Kind.TREE, block);
        default -> sending.to(channel);
      }
    };
  }

  @Test
  void aFollowerReadsNothingThatWasNotCaptured() throws IOException {
    Path secret = lab.home.resolve("secret");
    Files.writeString(secret, "secret");
    Files.writeString(lab.alpha.root.resolve("file"), "public");
    Files.createSymbolicLink(lab.alpha.root.resolve("link"), secret);
    try (SyncStream stream = lab.alpha.listening().open()) {
      Channel channel = new Channel(stream.in(), stream.out(), new SystemClock());
      Hello hello =
          new Hello(SyncLab.DATASET, List.of(), false, java.util.Set.of(), java.util.Set.of());
      channel.send(Channel.Kind.HELLO, hello.encode());
      channel.flush();
      assertThat(channel.required().kind()).isEqualTo(Channel.Kind.OFFER);
      for (String path : List.of("link", ".understudy/marker", "absent", "file/x")) {
        channel.send(
            Channel.Kind.WANT_FILES,
            new ByteWriter(64).shortBytes(path.getBytes(StandardCharsets.US_ASCII)).bytes());
        channel.flush();
        assertThat(channel.required().kind()).as(path).isEqualTo(Channel.Kind.UNAVAILABLE);
      }
      channel.send(
          Channel.Kind.WANT_FILES,
          new ByteWriter(64)
              .shortBytes("../../secret".getBytes(StandardCharsets.US_ASCII))
              .bytes());
      channel.flush();
      assertThat(channel.next()).isEmpty(); // hung up on
    }
  }
}
