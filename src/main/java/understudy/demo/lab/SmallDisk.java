package understudy.demo.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A file system in memory of a given size that can be filled and freed. Needs root. */
public final class SmallDisk implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String FILLER = "filler";
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int SMALLEST_BYTES = 512;

  private final Path place;

  private SmallDisk(Path place) {
    this.place = place;
  }

  /** Mounts it at this empty directory. */
  public static SmallDisk mount(Path place, int mebibytes) throws LabException {
    Tool.demand(
        LIMIT,
        "",
        List.of(
            "mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", place.toString()));
    return new SmallDisk(place);
  }

  /** Takes all the space that is left. Returns when nothing more can be written. */
  public void fill() throws LabException {
    try (OutputStream out = Files.newOutputStream(place.resolve(FILLER))) {
      int size = BLOCK_BYTES;
      while (size >= SMALLEST_BYTES) {
        size = wrote(out, size) ? size : size / 2;
      }
    } catch (IOException failed) {
      throw new LabException("could not fill " + place, failed);
    }
  }

  private static boolean wrote(OutputStream out, int bytes) {
    try {
      out.write(new byte[bytes]);
      return true;
    } catch (IOException full) {
      return false; // which is what is wanted
    }
  }

  /** Gives the space back. */
  public void free() throws LabException {
    try {
      Files.deleteIfExists(place.resolve(FILLER));
    } catch (IOException failed) {
      throw new LabException("could not free " + place, failed);
    }
  }

  /** Everything on it is gone. */
  @Override
  public void close() throws LabException {
    Tool.demand(LIMIT, "", List.of("umount", "--lazy", place.toString()));
  }
}
