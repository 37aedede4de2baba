package understudy.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import understudy.pairing.Messages.Ask;
import understudy.wire.Frames;
import understudy.wire.PeerStream;

/** What a stranger says while a pairing is open is understood or refused, no worse. */
class MessagesFuzzTest {
  private static final int ROUNDS = 30_000;
  private static final Ask ASK =
      new Ask(
          "17",
          "s3cret",
          "beta",
          "secondary",
          "0.1.0",
          1_795_000_000_123L,
          List.of("10.0.0.12:7443"),
          List.of("10.0.0.12"));

  @Test
  void noSpoiledMessageDoesWorseThanBeRefused() throws Exception {
    var said = new Said(InputStream.nullInputStream(), new ByteArrayOutputStream());
    Messages.send(said, Ask.class, ASK);
    byte[] frame = said.written().toByteArray();
    byte[] good = Arrays.copyOfRange(frame, Integer.BYTES, frame.length);
    var random = new Random(4711);
    int understood = 0;
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = spoiled(good, random);
      try {
        assertThat(received(bytes)).isNotNull();
        understood++;
      } catch (IOException why) {
        assertThat(why.getMessage()).isNotBlank();
        refused++;
      } catch (RuntimeException broken) {
        fail("broken by " + new String(bytes, StandardCharsets.UTF_8), broken);
      }
    }
    assertThat(understood).isPositive();
    assertThat(refused).isPositive();
  }

  private static byte[] spoiled(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int times = random.nextInt(4); times >= 0 && bytes.length > 1; times--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] = (byte) "{}[]\",:0-eE\\n".charAt(random.nextInt(12));
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        default -> bytes[at] = good[random.nextInt(good.length)];
      }
    }
    return bytes;
  }

  private static Ask received(byte[] content) throws IOException {
    var frame = new ByteArrayOutputStream();
    Frames.write(frame, content);
    var stream =
        new Said(new ByteArrayInputStream(frame.toByteArray()), new ByteArrayOutputStream());
    return Messages.receive(stream, Ask.class);
  }

  /** A stream on which everything was said already. */
  private record Said(InputStream in, ByteArrayOutputStream written) implements PeerStream {
    @Override
    public OutputStream out() {
      return written;
    }

    @Override
    public void limitReads(Duration most) {}

    @Override
    public void close() {}
  }
}
