package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.start;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;

/** What an operator does with data, by command, on both of two real daemons. */
class DataCareTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: DATA, every: continuous, keep: { for: 30d, size: 1GiB } }
      """;

  @TempDir Path directory;

  private record Said(int exit, String out, String err) {}

  /** The command line is of a higher layer: found by name, as the launcher does. */
  private static Said say(PreparedPair.Side side, String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of(words));
    line.add("--config=" + side.directory());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    var terminal =
        new understudy.cli.Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new BufferedReader(new StringReader("")),
            () -> false,
            Map.of());
    int exit =
        new understudy.cli.Commands(terminal, "test", List.of()).run(line.toArray(new String[0]));
    return new Said(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static boolean isContent(Path file, String content) {
    try {
      return Files.exists(file) && Files.readString(file).equals(content);
    } catch (IOException gone) {
      return false;
    }
  }

  @Test
  void whatWasOverwrittenComesBackByCommandFromBothNodes() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    Path data = pair.alpha.data();
    Files.writeString(data.resolve("ledger"), "one");
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node _ = start(pair.beta)) {
        await("beta has it", () -> isContent(pair.beta.data().resolve("ledger"), "one"));
        Instant then = Instant.now();
        Files.writeString(data.resolve("ledger"), "two");
        await("beta has two", () -> isContent(pair.beta.data().resolve("ledger"), "two"));

        for (PreparedPair.Side side : List.of(pair.alpha, pair.beta)) {
          Said list = say(side, "salvage", "list", "ledger");
          assertThat(list.exit()).as(list.err()).isZero();
          assertThat(list.out()).contains("beta:").contains("ledger").contains("file");
          Path place = directory.resolve("back-" + side.name());
          Said restored =
              say(
                  side,
                  "salvage",
                  "restore",
                  "ledger",
                  "--at",
                  then.toString(),
                  "--to",
                  place + "");
          assertThat(restored.exit()).as(restored.out() + restored.err()).isZero();
          assertThat(place).hasContent("one");
          Said again =
              say(
                  side,
                  "salvage",
                  "restore",
                  "ledger",
                  "--at",
                  then.toString(),
                  "--to",
                  place + "");
          assertThat(again.exit()).as(again.out() + again.err()).isEqualTo(3);
        }
        for (String own : List.of("state/users.json", "node.yaml", "")) {
          Said refused =
              say(
                  pair.alpha,
                  "salvage",
                  "restore",
                  "ledger",
                  "--at",
                  then.toString(),
                  "--replace",
                  "--to",
                  pair.alpha.directory().resolve(own) + "");
          assertThat(refused.exit()).as(refused.out() + refused.err()).isEqualTo(3);
          assertThat(refused.err()).contains("understudy itself");
        }
        String item =
            say(pair.beta, "salvage", "list").out().lines().skip(1).findFirst().orElseThrow();
        item = item.substring(0, item.indexOf(' '));
        Said diff = say(pair.alpha, "salvage", "diff", item);
        assertThat(diff.out()).contains("content").contains("ledger");
        Said refused = say(pair.beta, "salvage", "restore", item);
        assertThat(refused.exit()).as(refused.out() + refused.err()).isEqualTo(3);
        assertThat(data.resolve("ledger")).hasContent("two");
        Said inPlace = say(pair.beta, "salvage", "restore", item, "--replace", "-o", "json");
        assertThat(inPlace.exit()).as(inPlace.out() + inPlace.err()).isZero();
        assertThat(data.resolve("ledger")).hasContent("one");
        await("beta follows", () -> isContent(pair.beta.data().resolve("ledger"), "one"));
        assertThat(say(pair.alpha, "history").out()).contains("RESTORED");

        String wish = "{\"item\":\"%s\",\"replace\":true}".formatted(item);
        String first = post(pair.beta, "salvage/restore", wish);
        await("it is restored", () -> post(pair.beta, "salvage/restore", wish).contains("done"));
        Files.writeString(data.resolve("ledger"), "three");
        assertThat(number(post(pair.beta, "salvage/restore", wish))).isEqualTo(number(first));
        assertThat(data.resolve("ledger")).as("not restored once more").hasContent("three");

        Said past = say(pair.alpha, "salvage", "list", "--at", then.toString(), "--limit", "5");
        assertThat(past.out()).contains("ledger").contains("kept");
        Said history = say(pair.alpha, "sync", "history");
        assertThat(history.out()).contains("files").contains("done");
        await("the roots are equal", () -> exit(pair.alpha, "sync", "verify") == 0);
        Said read = say(pair.alpha, "sync", "verify", "--read", "--rate", "100MiB");
        assertThat(read.exit()).as(read.out() + read.err()).isZero();
        assertThat(read.out()).contains("as they should be");
      }
    }
  }

  /** As a script does that repeats itself: always with the same key. */
  private static String post(PreparedPair.Side side, String what, String body) {
    String request =
        """
        POST /api/v1/%s HTTP/1.1
        Host: localhost
        Idempotency-Key: the-same
        Content-Type: application/json
        Content-Length: %d
        Connection: close

        """
            .formatted(what, body.length())
            .replace("\n", "\r\n");
    var socket = UnixDomainSocketAddress.of(side.directory().resolve("socket"));
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(socket);
      channel.write(ByteBuffer.wrap((request + body).getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static String number(String answer) {
    return answer.replaceAll("(?s).*\"id\":\"([^\"]*)\".*", "$1");
  }

  @Test
  void theRateOfARunUnderWayFollowsWhatIsSet() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    byte[] noise = new byte[6 << 20];
    new Random(7).nextBytes(noise);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));
        Said slow = say(pair.alpha, "sync", "limit", "files", "256KiB");
        assertThat(slow.exit()).as(slow.out() + slow.err()).isZero();
        assertThat(slow.out() + slow.err()).contains("256KiB a second").contains("also on beta");
        assertThat(say(pair.beta, "lag").out()).contains("256 KiB/s by hand");

        Files.write(pair.alpha.data().resolve("big"), noise);
        await("a run fetches slowly", () -> beta.front().datasets().getFirst().running() != null);
        Instant then = Instant.now();
        while (Duration.between(then, Instant.now()).toMillis() < 1500) {
          assertThat(pair.beta.data().resolve("big")).doesNotExist();
          Thread.onSpinWait();
        }
        assertThat(say(pair.beta, "sync", "limit", "off").exit()).isZero();
        await("it arrives", () -> Files.exists(pair.beta.data().resolve("big")));
        // 6 MiB at 256 KiB a second would take 24 s
        assertThat(Duration.between(then, Instant.now())).isLessThan(Duration.ofSeconds(15));
        assertThat(say(pair.alpha, "sync", "limit", "config").exit()).isZero();
        assertThat(say(pair.alpha, "sync", "limit", "nothing", "20M").exit()).isEqualTo(3);
        assertThat(say(pair.alpha, "sync", "limit", "fast").exit()).isEqualTo(2);
        assertThat(say(pair.alpha, "ready").out()).contains("changes in files").contains("watched");
      }
    }
  }

  private static int exit(PreparedPair.Side side, String... words) {
    try {
      return say(side, words).exit();
    } catch (Exception broken) {
      throw new AssertionError(broken);
    }
  }

  @Test
  void aSyncThatWouldDeleteTooMuchWaitsForAPersonAndGoesOnWhenToldTo() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    Path gone = Files.createDirectory(pair.alpha.data().resolve("gone"));
    for (int at = 0; at < 150; at++) {
      Path place = at < 120 ? gone : pair.alpha.data();
      Files.writeString(place.resolve("f" + at), "content");
    }
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node _ = start(pair.beta)) {
        await("beta has it", () -> isContent(pair.beta.data().resolve("f149"), "content"));
        assertThat(say(pair.beta, "sync", "answer").out())
            .isEqualTo("no sync waits for a person\n");
        Files.move(gone, directory.resolve("gone")); // at one stroke: no sync sees a part of it
        for (PreparedPair.Side side : List.of(pair.beta, pair.alpha)) {
          await(
              side.name() + " says that sync waits",
              () -> said(side, "status").contains("sync of files waits for a person"));
        }
        assertThat(Files.exists(pair.beta.data().resolve("gone/f0"))).isTrue();
        String asked = say(pair.alpha, "sync", "answer", "files").out();
        assertThat(asked).contains("121 of 151 entries would go").contains("gone");
        assertThat(say(pair.beta, "history").out()).contains("SYNC_ASKS");

        Said no = say(pair.alpha, "sync", "answer", "files", "--refuse");
        assertThat(no.exit()).as(no.out() + no.err()).isZero();
        assertThat(say(pair.beta, "status").out()).contains("a person said no");
        assertThat(Files.exists(pair.beta.data().resolve("gone/f0"))).isTrue();
      }
      try (Node _ = start(pair.beta)) {
        assertThat(say(pair.beta, "status").out()).contains("a person said no");
        assertThat(Files.exists(pair.beta.data().resolve("gone/f0"))).isTrue();

        await("alpha hears", () -> said(pair.alpha, "status").contains("a person said no"));
        Said yes = say(pair.alpha, "sync", "answer", "files", "--accept");
        assertThat(yes.exit()).as(yes.out() + yes.err()).isZero();
        await("it is gone", () -> !Files.exists(pair.beta.data().resolve("gone/f0")));
        await("it is kept", () -> said(pair.beta, "salvage", "list", "gone").contains("gone"));
        await("nothing is asked", () -> !said(pair.beta, "status").contains("a person said no"));
      }
    }
  }

  @Test
  void inMergeModeEachSideGetsWhatTheOtherWrites() throws Exception {
    var pair =
        new PreparedPair(directory, CLUSTER.replace("every: continuous", "every: 1s, mode: merge"));
    Files.writeString(pair.alpha.data().resolve("a"), "from alpha");
    Files.writeString(pair.beta.data().resolve("b"), "from beta");
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node _ = start(pair.beta)) {
        await("beta has a", () -> isContent(pair.beta.data().resolve("a"), "from alpha"));
        await("alpha has b", () -> isContent(pair.alpha.data().resolve("b"), "from beta"));
        Files.writeString(pair.beta.data().resolve("c"), "later");
        await("alpha has c", () -> isContent(pair.alpha.data().resolve("c"), "later"));
        await("beta is in sync", () -> said(pair.beta, "status").contains("in sync"));
      }
    }
  }

  private static String said(PreparedPair.Side side, String... words) {
    try {
      return say(side, words).out();
    } catch (Exception broken) {
      throw new AssertionError(broken);
    }
  }
}
