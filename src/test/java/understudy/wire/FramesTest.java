package understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FramesTest {
  @Test
  void whatIsWrittenIsRead() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Frames.write(out, new byte[] {1, 2, 3});
    Frames.write(out, new byte[0]);

    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThat(Frames.read(in, 3)).containsExactly(1, 2, 3);
    assertThat(Frames.read(in, 3)).isEmpty();
  }

  @Test
  void aFrameLargerThanAllowedIsRefusedBeforeItIsRead() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Frames.write(out, new byte[4]);

    assertThatThrownBy(() -> Frames.read(new ByteArrayInputStream(out.toByteArray()), 3))
        .hasMessage("a frame of 4 bytes where at most 3 are allowed");
  }

  @Test
  void aNegativeLengthIsRefused() {
    assertThatThrownBy(() -> Frames.read(new ByteArrayInputStream(new byte[] {-1, -1, -1, -1}), 3))
        .hasMessageContaining("4294967295");
  }

  @Test
  void anEndWithinAFrameIsAnEnd() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Frames.write(out, new byte[4]);
    byte[] cut = Arrays.copyOf(out.toByteArray(), 6);

    assertThatThrownBy(() -> Frames.read(new ByteArrayInputStream(cut), 10))
        .isInstanceOf(EOFException.class);
  }
}
