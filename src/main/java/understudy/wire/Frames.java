package understudy.wire;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Messages on a stream: a length in four bytes, big-endian, then that many bytes. The reader names
 * the largest length that it accepts, so that a peer cannot make it allocate more.
 */
public final class Frames {
  /** Enough for every control message. */
  public static final int LARGEST_CONTROL_BYTES = 1024 * 1024;

  private Frames() {}

  /** Writes one frame and flushes. */
  public static void write(OutputStream out, byte[] content) throws IOException {
    byte[] frame = new byte[Integer.BYTES + content.length];
    frame[0] = (byte) (content.length >>> 24);
    frame[1] = (byte) (content.length >>> 16);
    frame[2] = (byte) (content.length >>> 8);
    frame[3] = (byte) content.length;
    System.arraycopy(content, 0, frame, Integer.BYTES, content.length);
    out.write(frame);
    out.flush();
  }

  /**
   * Reads one frame.
   *
   * @throws EOFException the stream ended before or within the frame
   * @throws IOException the frame is larger than {@code mostBytes}; the stream is useless then
   */
  public static byte[] read(InputStream in, int mostBytes) throws IOException {
    int length = new DataInputStream(in).readInt();
    if (length < 0 || length > mostBytes) {
      throw new IOException(
          "a frame of "
              + Integer.toUnsignedString(length)
              + " bytes where at most "
              + mostBytes
              + " are allowed");
    }
    byte[] content = in.readNBytes(length);
    if (content.length < length) {
      throw new EOFException(
          "the stream ended after " + content.length + " of " + length + " bytes of a frame");
    }
    return content;
  }
}
