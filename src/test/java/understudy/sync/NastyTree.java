package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;

/** Makes and changes trees full of what breaks sync programs; the same seed makes the same tree. */
final class NastyTree {
  private static final boolean ROOT = System.getProperty("user.name", "").equals("root");

  private final Random random;
  private final Path root;

  NastyTree(Path root, long seed) {
    this.root = root;
    this.random = new Random(seed);
  }

  private byte[] name(int number) {
    return switch (number % 11) {
      case 0 -> bytes("plain-" + number);
      case 1 -> bytes("new\nline-" + number);
      case 2 -> join(new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0x80}, bytes("" + number));
      case 3 -> bytes(".leading-dot-" + number);
      case 4 -> Arrays.copyOf(join(bytes(number + "-"), filled('x')), 255);
      case 5 -> bytes("ümläut-☃-" + number);
      case 6 -> bytes("-rf " + number);
      case 7 -> bytes(" space " + number + " ");
      case 8 -> bytes("...");
      case 9 -> join(bytes("\\'\"$`*?[" + number), new byte[] {1, 7, 127});
      default -> bytes(number + "~");
    };
  }

  private static byte[] filled(char letter) {
    byte[] filled = new byte[255];
    Arrays.fill(filled, (byte) letter);
    return filled;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] join(byte[] one, byte[] two) {
    byte[] joined = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, joined, one.length, two.length);
    return joined;
  }

  /** Fills the root with everything there is. */
  void grow(int entries) throws IOException {
    try (Directory directory = Directory.open(root)) {
      fill(directory, entries, 0);
    }
  }

  private void fill(Directory directory, int entries, int depth) throws IOException {
    for (int at = 0; at < entries; at++) {
      byte[] name = name(random.nextInt(10_000));
      if (directory.find(name).isPresent()) {
        continue;
      }
      make(directory, name, entries, depth);
    }
  }

  private void make(Directory directory, byte[] name, int entries, int depth) throws IOException {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4, 5 -> file(directory, name);
      case 6, 7 -> {
        directory.createDirectory(name, 0700);
        if (depth < 6) {
          try (Directory inner = directory.directory(name)) {
            fill(inner, random.nextInt(Math.max(entries / 2, 1) + 1), depth + 1);
          }
        }
        finish(directory, name, new int[] {0755, 02770, 01777, 0500}[random.nextInt(4)]);
      }
      case 8, 9 -> symlink(directory, name);
      case 10 -> link(directory, name);
      default -> {
        directory.createNode(name, FileStatus.Type.FIFO, 0640, 0);
        finish(directory, name, 0640);
      }
    }
  }

  private void file(Directory directory, byte[] name) throws IOException {
    int size =
        switch (random.nextInt(5)) {
          case 0 -> 0;
          case 1 -> 1 + random.nextInt(10);
          case 2, 3 -> random.nextInt(5000);
          default -> (128 << 10) - 1 + random.nextInt(200_000);
        };
    byte[] content = new byte[size];
    if (random.nextInt(6) != 0) {
      random.nextBytes(content);
    }
    try (OpenFile file = directory.create(name, 0600)) {
      file.write(content, 0, size);
    }
    finish(directory, name, new int[] {0644, 0600, 04755, 02711, 0}[random.nextInt(ROOT ? 5 : 4)]);
  }

  private void symlink(Directory directory, byte[] name) throws IOException {
    byte[] target =
        switch (random.nextInt(4)) {
          case 0 -> bytes("/etc/passwd");
          case 1 -> bytes("../../../../../../tmp");
          case 2 -> bytes("dangling");
          default -> new byte[] {(byte) 0xe9, '/', '.', '.', '/', 'x'};
        };
    directory.createSymlink(name, target);
    finish(directory, name, -1);
  }

  private void link(Directory directory, byte[] name) throws IOException {
    for (byte[] other : directory.names()) {
      if (directory.status(other).type() == FileStatus.Type.FILE) {
        directory.link(other, directory, name);
        return;
      }
    }
    file(directory, name);
  }

  private void finish(Directory directory, byte[] name, int mode) throws IOException {
    if (ROOT) {
      directory.setOwner(name, random.nextInt(70_000), random.nextInt(70_000));
    }
    if (mode >= 0) {
      directory.setMode(name, mode);
    }
    long[] times = {0, 1, 1_700_000_000L, 4_000_000_000L, -5};
    directory.setModified(name, times[random.nextInt(times.length)], random.nextInt(1_000_000_000));
  }

  /** Changes about that share of all entries in every way: content, kind, name, what they carry. */
  void change(int percent) throws IOException {
    try (Directory directory = Directory.open(root)) {
      change(directory, percent, 0);
    }
  }

  private void change(Directory directory, int percent, int depth) throws IOException {
    List<byte[]> names = new ArrayList<>(directory.names());
    names.sort(Arrays::compareUnsigned);
    for (byte[] name : names) {
      if (depth == 0 && Arrays.equals(name, Reserved.AREA.bytes())) {
        continue;
      }
      FileStatus status = directory.status(name);
      if (random.nextInt(100) < percent) {
        changeOne(directory, name, status, depth);
      } else if (status.type() == FileStatus.Type.DIRECTORY) {
        try (Directory inner = directory.directory(name)) {
          change(inner, percent, depth + 1);
        }
      }
    }
    if (random.nextInt(4) == 0) {
      fill(directory, 2, depth);
    }
  }

  private void changeOne(Directory directory, byte[] name, FileStatus status, int depth)
      throws IOException {
    switch (random.nextInt(6)) {
      case 0 -> Reserved.removeAll(directory, name);
      case 1 -> {
        Reserved.removeAll(directory, name);
        make(directory, name, 4, depth); // perhaps another kind under the same name
      }
      case 2 -> {
        byte[] moved = name(random.nextInt(10_000));
        if (directory.find(moved).isEmpty()) {
          directory.rename(name, directory, moved);
        }
      }
      case 3 -> {
        if (status.type() == FileStatus.Type.FILE && status.sizeBytes() > 0) {
          try (OpenFile file = directory.overwrite(name)) {
            file.seek(random.nextLong(status.sizeBytes()));
            file.write(new byte[] {(byte) random.nextInt()}, 0, 1); // same size
          }
          directory.setModified(name, status.mtimeSeconds(), status.mtimeNanos());
        }
      }
      case 4 -> finish(directory, name, status.type() == FileStatus.Type.SYMLINK ? -1 : 0750);
      default -> {
        if (status.type() == FileStatus.Type.DIRECTORY) {
          try (Directory inner = directory.directory(name)) {
            fill(inner, 3, depth + 1);
          }
        } else {
          link(directory, Arrays.copyOf(bytes("link-" + random.nextInt(10_000)), 9));
        }
      }
    }
  }
}
