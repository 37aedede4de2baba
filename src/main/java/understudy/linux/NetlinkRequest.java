package understudy.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One or several netlink messages under construction: header, fixed part, then attributes (length,
 * type, value, padded to four bytes), in the machine's byte order. One thread.
 */
final class NetlinkRequest {
  static final int REQUEST = 0x1;
  static final int ACKNOWLEDGE = 0x4;
  static final int DUMP = 0x300;
  static final int REPLACE = 0x100;
  static final int CREATE = 0x400;

  private static final int NESTED = 0x8000;
  private static final int CAPACITY = 8 * 1024;
  private static final AtomicInteger SEQUENCE = new AtomicInteger(1);

  private final ByteBuffer buffer = ByteBuffer.allocate(CAPACITY).order(ByteOrder.nativeOrder());
  private final int firstSequence = SEQUENCE.get();
  private int lastSequence;
  private int messageStart;

  static int aligned(int length) {
    return (length + 3) & ~3;
  }

  /** Begins a message; ends the one before. */
  NetlinkRequest message(int type, int flags) {
    endMessage();
    lastSequence = SEQUENCE.getAndIncrement();
    messageStart = buffer.position();
    buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(lastSequence).putInt(0);
    return this;
  }

  NetlinkRequest fixed(byte... bytes) {
    buffer.put(bytes);
    return this;
  }

  NetlinkRequest fixedInt(int value) {
    buffer.putInt(value);
    return this;
  }

  NetlinkRequest attribute(int type, byte[] value) {
    buffer.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    pad();
    return this;
  }

  NetlinkRequest attribute(int type, String text) {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    return attribute(type, Arrays.copyOf(name, name.length + 1));
  }

  NetlinkRequest attribute(int type, int value) {
    return attribute(
        type, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  NetlinkRequest bigEndian(int type, long value) {
    return attribute(type, ByteBuffer.allocate(8).putLong(value).array());
  }

  /** Puts what {@code content} adds into one attribute. */
  NetlinkRequest nested(int type, Runnable content) {
    int start = buffer.position();
    buffer.putShort((short) 0).putShort((short) (type | NESTED));
    content.run();
    buffer.putShort(start, (short) (buffer.position() - start));
    return this;
  }

  int firstSequence() {
    return firstSequence;
  }

  int lastSequence() {
    return lastSequence;
  }

  byte[] bytes() {
    endMessage();
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private void endMessage() {
    if (buffer.position() > messageStart) {
      pad();
      buffer.putInt(messageStart, buffer.position() - messageStart);
    }
  }

  private void pad() {
    while (buffer.position() % 4 != 0) {
      buffer.put((byte) 0);
    }
  }

  /** Reads the attributes in {@code body} from {@code offset} on: type to value. */
  static Map<Integer, ByteBuffer> attributes(ByteBuffer body, int offset) {
    Map<Integer, ByteBuffer> attributes = new HashMap<>();
    int at = offset;
    while (at + 4 <= body.limit()) {
      int length = Short.toUnsignedInt(body.getShort(at));
      if (length < 4 || at + length > body.limit()) {
        break;
      }
      int type = Short.toUnsignedInt(body.getShort(at + 2)) & 0x3fff;
      attributes.put(type, body.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
      at += aligned(length);
    }
    return attributes;
  }
}
