package understudy.sync.plan;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trees as bytes. Layout of an entry: type (1), name (2 + n); then, unless withheld, mode (2), uid
 * (4), gid (4), mtime seconds (8) and nanoseconds (4), attribute count (2) and each attribute (name
 * 2 + n, value 4 + n); then by type: file: size (8), content (32), linked-to path (2 + n); subtree:
 * hash (32), totals (4 × 8); symlink: target (2 + n); special: kind (1), device (8); withheld:
 * reason (1). Most significant byte first. Equal trees have equal bytes.
 */
public final class TreeCode {
  /** Largest directory that is taken, encoded. */
  public static final int LARGEST_BYTES = 32 << 20;

  static final int FILE = 1;
  static final int SUBTREE = 2;
  static final int SYMLINK = 3;
  static final int SPECIAL = 4;
  static final int WITHHELD = 5;

  /** The name that a root directory's entry carries, having none of its own. */
  public static final Name ROOT_NAME = Name.ascii("root");

  private static final byte[] TREE = new ByteWriter(8).text("tree").bytes();

  private TreeCode() {}

  public static byte[] encode(Tree tree) {
    ByteWriter writer = new ByteWriter(tree.entries().size() * 112);
    for (Entry entry : tree.entries()) {
      write(writer, entry);
    }
    return writer.bytes();
  }

  /** The hash that names a tree. */
  public static Hash hash(byte[] encoded) {
    MessageDigest digest = Hash.sha256();
    digest.update(TREE);
    return Hash.of(digest.digest(encoded), 0);
  }

  /** The hash that names a dataset's whole content: its root directory with what that carries. */
  public static Hash rootHash(Entry.Subtree root) {
    ByteWriter writer = new ByteWriter(256).text("root");
    write(writer, root);
    return Hash.over(writer.bytes());
  }

  public static void write(ByteWriter writer, Entry entry) {
    switch (entry) {
      case Entry.File file -> {
        start(writer, FILE, file.name());
        metadata(writer, file.carried());
        writer.u64(file.sizeBytes()).hash(file.content());
        writer.shortBytes(file.linkedTo().orElse(TreePath.ROOT).bytes());
      }
      case Entry.Subtree subtree -> {
        start(writer, SUBTREE, subtree.name());
        metadata(writer, subtree.carried());
        writer.hash(subtree.tree());
        totals(writer, subtree.inside());
      }
      case Entry.Symlink symlink -> {
        start(writer, SYMLINK, symlink.name());
        metadata(writer, symlink.carried());
        writer.shortBytes(symlink.target().bytes());
      }
      case Entry.Special special -> {
        start(writer, SPECIAL, special.name());
        metadata(writer, special.carried());
        writer.u8(special.kind().code()).u64(special.device());
      }
      case Entry.Withheld withheld -> {
        start(writer, WITHHELD, withheld.name());
        writer.u8(withheld.reason().code());
      }
    }
  }

  private static void start(ByteWriter writer, int type, Name name) {
    writer.u8(type).shortBytes(name.bytes());
  }

  private static void metadata(ByteWriter writer, Metadata metadata) {
    writer.u16(metadata.mode()).u32(metadata.uid()).u32(metadata.gid());
    writer.u64(metadata.mtimeSeconds()).u32(metadata.mtimeNanos());
    writer.u16(metadata.attributes().size());
    for (Attribute attribute : metadata.attributes()) {
      writer.shortBytes(attribute.name().bytes()).longBytes(attribute.value().bytes());
    }
  }

  static void totals(ByteWriter writer, Totals totals) {
    writer.u64(totals.entries()).u64(totals.files()).u64(totals.bytes()).u64(totals.withheld());
  }

  public static Tree decode(byte[] encoded) throws MalformedException {
    ByteReader reader = new ByteReader(encoded);
    List<Entry> entries = new ArrayList<>();
    while (reader.hasMore()) {
      entries.add(read(reader));
    }
    try {
      return new Tree(entries);
    } catch (IllegalArgumentException unsorted) {
      throw new MalformedException("a directory's entries are not sorted, or one comes twice");
    }
  }

  public static Entry read(ByteReader reader) throws MalformedException {
    int type = reader.u8();
    Name name = Name.received(reader.shortBytes());
    return switch (type) {
      case FILE -> {
        Metadata metadata = metadata(reader);
        long size = reader.count();
        Hash content = reader.hash();
        TreePath linkedTo = TreePath.received(reader.shortBytes());
        yield new Entry.File(
            name,
            metadata,
            size,
            content,
            linkedTo.isRoot() ? Optional.empty() : Optional.of(linkedTo));
      }
      case SUBTREE -> new Entry.Subtree(name, metadata(reader), reader.hash(), totals(reader));
      case SYMLINK ->
          new Entry.Symlink(name, metadata(reader), new Bytes(target(reader.shortBytes())));
      case SPECIAL ->
          new Entry.Special(
              name, metadata(reader), known(Entry.Special.Kind.of(reader.u8())), reader.u64());
      case WITHHELD -> new Entry.Withheld(name, known(Entry.Withheld.Reason.of(reader.u8())));
      default -> throw new MalformedException("no entry has type " + type);
    };
  }

  private static byte[] target(byte[] bytes) throws MalformedException {
    if (bytes.length == 0 || bytes.length > 4095) {
      throw new MalformedException("a link's target has 1 to 4095 bytes, not " + bytes.length);
    }
    for (byte each : bytes) {
      if (each == 0) {
        throw new MalformedException("a link's target contains no NUL");
      }
    }
    return bytes;
  }

  private static <T> T known(Optional<T> kind) throws MalformedException {
    return kind.orElseThrow(() -> new MalformedException("an entry is of a kind never heard of"));
  }

  private static Metadata metadata(ByteReader reader) throws MalformedException {
    int mode = reader.u16();
    int uid = reader.u32();
    int gid = reader.u32();
    long seconds = reader.u64();
    int nanos = reader.u32();
    int count = reader.u16();
    if (count > Attribute.MOST) {
      throw new MalformedException("a file has more than " + Attribute.MOST + " attributes");
    }
    List<Attribute> attributes = new ArrayList<>(count);
    for (int at = 0; at < count; at++) {
      byte[] name = reader.shortBytes();
      if (name.length == 0 || name.length > Name.LONGEST_BYTES) {
        throw new MalformedException("an attribute's name has 1 to 255 bytes");
      }
      attributes.add(
          new Attribute(new Bytes(name), new Bytes(reader.longBytes(Attribute.LARGEST_BYTES))));
    }
    try {
      return new Metadata(mode, uid, gid, seconds, nanos, attributes);
    } catch (IllegalArgumentException wrong) {
      throw new MalformedException("mode or time out of range");
    }
  }

  static Totals totals(ByteReader reader) throws MalformedException {
    try {
      return new Totals(reader.count(), reader.count(), reader.count(), reader.count());
    } catch (IllegalArgumentException wrong) {
      throw new MalformedException("totals do not add up");
    }
  }
}
