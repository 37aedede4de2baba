package understudy.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Writes configuration files whole or not at all: a reader sees the old text or the new one, also
 * after a power cut. Files hold no secrets; only their owner writes, the group may read.
 */
public final class ConfigWriter {
  private static final Set<PosixFilePermission> PERMISSIONS =
      PosixFilePermissions.fromString("rw-r-----");

  private ConfigWriter() {}

  /** What {@link #writeNode} writes: all values, defaults included, with comments. */
  public static String text(NodeConfig config) {
    return NodeText.of(config);
  }

  /** What {@link #writeCluster(Path, ClusterConfig)} writes. */
  public static String text(ClusterConfig config) {
    return ClusterText.of(config);
  }

  /** Replaces {@code file} by these settings; its directory is made when missing. */
  public static void writeNode(Path file, NodeConfig config) throws IOException {
    write(file, NodeText.of(config));
  }

  /** Replaces {@code file} by this document; its directory is made when missing. */
  public static void writeCluster(Path file, ClusterConfig config) throws IOException {
    write(file, ClusterText.of(config));
  }

  /** Replaces {@code file} by the document as it is, comments included. */
  public static void writeCluster(Path file, ClusterDocument document) throws IOException {
    write(file, document.text());
  }

  private static void write(Path file, String text) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    Path fresh =
        Files.createTempFile(
            directory,
            "." + file.getFileName(),
            ".new",
            PosixFilePermissions.asFileAttribute(
                EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
    try {
      try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        Files.setPosixFilePermissions(fresh, PERMISSIONS);
        out.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
        entry.force(true);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
