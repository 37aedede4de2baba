package understudy.sync.plan;

/** Shows bytes that are usually, but not always, UTF-8. */
final class Utf8 {
  private Utf8() {}

  /**
   * Well-formed UTF-8 becomes text; control characters and every other byte become {@code \xNN}.
   */
  static String shown(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    int at = 0;
    while (at < bytes.length) {
      int length = sequenceLength(bytes, at);
      int point = length == 0 ? -1 : point(bytes, at, length);
      if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
        text.append(String.format("\\x%02x", bytes[at] & 0xff));
        at++;
      } else {
        text.appendCodePoint(point);
        at += length;
      }
    }
    return text.toString();
  }

  private static int sequenceLength(byte[] bytes, int at) {
    int lead = bytes[at] & 0xff;
    int length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead > 0xf4 || at + length > bytes.length) {
      return 0;
    }
    for (int next = at + 1; next < at + length; next++) {
      if ((bytes[next] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  private static int point(byte[] bytes, int at, int length) {
    int point = length == 1 ? bytes[at] : bytes[at] & (0x7f >> length);
    for (int next = at + 1; next < at + length; next++) {
      point = point << 6 | (bytes[next] & 0x3f);
    }
    boolean surrogate = point >= 0xd800 && point < 0xe000;
    boolean tooLong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    return surrogate || tooLong || point > 0x10ffff ? -1 : point;
  }
}
