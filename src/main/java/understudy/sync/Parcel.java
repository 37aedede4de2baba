package understudy.sync;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;

/**
 * Kept content on its way to another node. Records: kind (1 byte), then for an entry: length (4),
 * path and entry as in {@link TreeCode}, and for a file parts of length (4) and bytes, ended by a
 * part of length 0 and the SHA-256 of the bytes, or by one of length -1 and a refusal; for the end
 * of a directory: length (4), path and entry; for a refusal: code and two texts; nothing for the
 * end.
 */
final class Parcel {
  private static final int ENTRY = 1;
  private static final int LEAVING = 2;
  private static final int END = 3;
  private static final int REFUSED = 4;
  private static final int REFUSAL_FOLLOWS = -1;
  private static final int LARGEST_ENTRY_BYTES = 8 << 20;
  private static final int LARGEST_PART_BYTES = 1 << 20;
  private static final int LARGEST_TEXT_BYTES = 16 << 10;

  private Parcel() {}

  /** Something that hands its pieces to a visitor. */
  interface Walkable {
    void walk(PastWalk.Visitor visitor) throws IOException;
  }

  /** Writes all pieces; a refusal travels instead of them. */
  static void send(Walkable pieces, OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream, 128 << 10));
    try {
      pieces.walk(new Sending(out));
      out.writeByte(END);
    } catch (SyncRefused refused) {
      out.writeByte(REFUSED);
      write(out, refused.code().name());
      write(out, String.valueOf(refused.getMessage()));
      write(out, refused.fix());
    }
    out.flush();
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(out, Arrays.copyOf(bytes, Math.min(bytes.length, LARGEST_TEXT_BYTES)));
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private record Sending(DataOutputStream out) implements PastWalk.Visitor {
    @Override
    public void entry(TreePath path, Entry entry, PastWalk.Content content, boolean isKept)
        throws IOException {
      out.writeByte(ENTRY);
      write(out, encoded(path, entry));
      if (entry instanceof Entry.File file && file.linkedTo().isEmpty()) {
        MessageDigest digest = Hash.sha256();
        try {
          content.read(
              (bytes, length) -> {
                digest.update(bytes, 0, length);
                out.writeInt(length);
                out.write(bytes, 0, length);
              });
        } catch (SyncRefused refused) {
          out.writeInt(REFUSAL_FOLLOWS);
          throw refused;
        }
        out.writeInt(0);
        out.write(digest.digest());
      }
    }

    @Override
    public void leaving(TreePath path, Entry.Subtree directory) throws IOException {
      out.writeByte(LEAVING);
      write(out, encoded(path, directory));
    }

    private static byte[] encoded(TreePath path, Entry entry) {
      ByteWriter writer = new ByteWriter(256).shortBytes(path.bytes());
      TreeCode.write(writer, entry);
      return writer.bytes();
    }
  }

  /** Reads all pieces. Throws what the sender refused with, and when a file's bytes are damaged. */
  static void receive(InputStream stream, PastWalk.Visitor visitor) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(stream, 128 << 10));
    try {
      while (true) {
        int kind = in.readByte();
        switch (kind) {
          case ENTRY -> entry(in, visitor);
          case LEAVING -> {
            Piece piece = piece(in);
            if (!(piece.entry() instanceof Entry.Subtree directory)) {
              throw new MalformedException("only directories are left");
            }
            visitor.leaving(piece.path(), directory);
          }
          case END -> {
            return;
          }
          case REFUSED -> throw refusal(in);
          default -> throw new MalformedException("no record has kind " + kind);
        }
      }
    } catch (MalformedException nonsense) {
      throw new SyncRefused(
          SyncRefused.Code.UNTRUSTED_PEER,
          "the other node sent nonsense: " + nonsense.getMessage(),
          "run the same version on both nodes");
    }
  }

  private record Piece(TreePath path, Entry entry) {}

  private static Piece piece(DataInputStream in) throws IOException, MalformedException {
    ByteReader reader = new ByteReader(bytes(in, LARGEST_ENTRY_BYTES));
    TreePath path = TreePath.received(reader.shortBytes());
    Entry entry = TreeCode.read(reader);
    reader.end();
    return new Piece(path, entry);
  }

  private static byte[] bytes(DataInputStream in, int limit)
      throws IOException, MalformedException {
    int length = in.readInt();
    if (length < 0 || length > limit) {
      throw new MalformedException("a record of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  private static void entry(DataInputStream in, PastWalk.Visitor visitor)
      throws IOException, MalformedException {
    Piece piece = piece(in);
    if (piece.entry() instanceof Entry.File file && file.linkedTo().isEmpty()) {
      Incoming incoming = new Incoming(in);
      visitor.entry(piece.path(), file, incoming, true);
      incoming.read((_, _) -> {}); // what the visitor did not want
    } else {
      visitor.entry(piece.path(), piece.entry(), _ -> {}, true);
    }
  }

  private static final class Incoming implements PastWalk.Content {
    private final DataInputStream in;
    private boolean isOver;

    private IOException refused() throws IOException {
      isOver = true;
      try {
        return refusal(in);
      } catch (MalformedException nonsense) {
        return new IOException("the other node sent nonsense: " + nonsense.getMessage(), nonsense);
      }
    }

    Incoming(DataInputStream in) {
      this.in = in;
    }

    @Override
    public void read(PastWalk.Parts parts) throws IOException {
      MessageDigest digest = Hash.sha256();
      boolean isWhole = !isOver;
      while (!isOver) {
        int length = in.readInt();
        if (length == REFUSAL_FOLLOWS && in.readByte() == REFUSED) {
          throw refused();
        }
        if (length < 0 || length > LARGEST_PART_BYTES) {
          throw new IOException("the other node sent a part of " + length + " bytes");
        }
        byte[] part = new byte[length];
        in.readFully(part);
        digest.update(part);
        isOver = length == 0;
        parts.take(part, length);
      }
      if (isWhole && !Arrays.equals(digest.digest(), in.readNBytes(digest.getDigestLength()))) {
        throw new IOException("a file was damaged on its way");
      }
    }
  }

  private static SyncRefused refusal(DataInputStream in) throws IOException, MalformedException {
    String word = text(in);
    SyncRefused.Code code =
        Arrays.stream(SyncRefused.Code.values())
            .filter(one -> one.name().equals(word))
            .findFirst()
            .orElseThrow(() -> new MalformedException("a refusal has an unknown code"));
    return new SyncRefused(code, text(in), text(in));
  }

  private static String text(DataInputStream in) throws IOException, MalformedException {
    return new String(bytes(in, LARGEST_TEXT_BYTES), StandardCharsets.UTF_8);
  }
}
