package understudy.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tree as {@code find} and {@code sha256sum} see it: one line per path with everything that a
 * sync must keep. Shares no code with the engine. Bytes of names are shown as Latin-1.
 */
record TreePicture(Map<String, String> lines) {

  static TreePicture of(Path root) {
    Map<String, String> hashes = hashes(root);
    Map<String, List<String>> names = new HashMap<>();
    Map<String, String> lines = new TreeMap<>();
    String[] fields =
        run(
                root,
                "find",
                ".",
                "-path",
                "./.understudy",
                "-prune",
                "-o",
                "-printf",
                "%p\\0%y\\0%m\\0%U:%G\\0%s\\0%T@\\0%l\\0%n\\0%i\\0")
            .split("\0", -1);
    for (int at = 0; at + 9 < fields.length; at += 9) {
      String path = fields[at];
      String type = fields[at + 1];
      boolean isFile = type.equals("f");
      String line = type + " " + fields[at + 2] + " " + fields[at + 3] + " " + fields[at + 5];
      line += isFile ? " " + fields[at + 4] + " " + hashes.get(path) : "";
      line += type.equals("l") ? " -> " + fields[at + 6] : "";
      lines.put(path, line);
      if (isFile) {
        names.computeIfAbsent(fields[at + 8], inode -> new ArrayList<>()).add(path);
      }
    }
    for (List<String> same : names.values()) {
      if (same.size() > 1) {
        same.forEach(path -> lines.merge(path, " = " + Collections.min(same), String::concat));
      }
    }
    return new TreePicture(lines);
  }

  private static Map<String, String> hashes(Path root) {
    Map<String, String> hashes = new HashMap<>();
    String output =
        run(
            root,
            "find",
            ".",
            "-path",
            "./.understudy",
            "-prune",
            "-o",
            "-type",
            "f",
            "-exec",
            "sha256sum",
            "-z",
            "{}",
            "+");
    for (String line : output.split("\0", -1)) {
      if (line.length() > 66) {
        hashes.put(line.substring(66), line.substring(0, 64));
      }
    }
    return hashes;
  }

  private static String run(Path directory, String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** What differs, readable; empty when nothing does. */
  List<String> differencesTo(TreePicture other) {
    List<String> differences = new ArrayList<>();
    lines.forEach(
        (path, line) -> {
          String theirs = other.lines.get(path);
          if (!line.equals(theirs)) {
            differences.add(path + ": " + line + " / " + theirs);
          }
        });
    other.lines.forEach(
        (path, line) -> {
          if (!lines.containsKey(path)) {
            differences.add(path + ": absent / " + line);
          }
        });
    return differences;
  }
}
