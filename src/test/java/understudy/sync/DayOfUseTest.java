package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import understudy.linux.Directory;

/**
 * A day of use, pressed together: real trees (part of {@code /usr/share}, {@code /etc}), a git
 * repository that is committed to and a mail spool that is written, followed continuously; at every
 * stop the two sides are equal by an independent comparison. How long is said by {@code
 * -Dunderstudy.day=PT20M}; {@code bench/day --minutes N} does.
 */
class DayOfUseTest {
  private static final Duration LONG = Duration.parse(System.getProperty("understudy.day", "PT8S"));
  private static final Duration BETWEEN_STOPS =
      LONG.compareTo(Duration.ofMinutes(2)) < 0 ? LONG.dividedBy(2) : Duration.ofMinutes(1);
  private static final List<String> REAL = List.of("/etc", "/usr/share/doc", "/usr/share/perl5");
  private static final int MOST_FILES = 6000;

  private final Random random = new Random(20261121);
  private int mails;
  private int commits;

  private static String run(Path directory, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
    return output;
  }

  private static boolean has(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
  }

  private static void fill(Path root) throws Exception {
    for (String real : REAL) {
      if (Files.isDirectory(Path.of(real))) {
        Path target = root.resolve(real.substring(1).replace('/', '-'));
        Files.createDirectories(target);
        run(
            target,
            "sh",
            "-c",
            "cd "
                + real
                + " && find . -xdev | head -"
                + MOST_FILES
                + " | cpio -pdm --quiet "
                + target
                + " 2>/dev/null || cp -a "
                + real
                + "/. "
                + target);
      }
    }
    Files.createDirectories(root.resolve("mail/new"));
    Files.createDirectories(root.resolve("mail/cur"));
    Files.createDirectories(root.resolve("repository"));
    if (has("git")) {
      run(root.resolve("repository"), "git", "init", "-q");
    }
  }

  private void mail(Path root) throws IOException {
    Path fresh = root.resolve("mail/new/" + mails++ + ".eml");
    Files.writeString(fresh, "Subject: " + mails + "\n\n" + "line\n".repeat(random.nextInt(400)));
    Files.writeString(
        root.resolve("mail/box"),
        "From " + mails + "\n" + "text\n".repeat(random.nextInt(50)),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    if (random.nextInt(3) == 0) {
      Files.move(fresh, root.resolve("mail/cur/" + fresh.getFileName() + ":2,S"));
    } else if (random.nextInt(5) == 0) {
      Files.delete(fresh);
    }
  }

  private void commit(Path root, boolean hasGit) throws Exception {
    Path repository = root.resolve("repository");
    Files.writeString(
        repository.resolve("file" + random.nextInt(20)), "version " + commits++ + "\n");
    if (hasGit) {
      run(repository, "git", "add", "-A");
      run(
          repository,
          "git",
          "-c",
          "user.name=day",
          "-c",
          "user.email=day@example.org",
          "commit",
          "-q",
          "--allow-empty",
          "-m",
          "commit " + commits);
    }
  }

  /** What administrators do: edit by rename, move directories, change rights. */
  private void administer(Path root) throws Exception {
    Path etc = root.resolve("etc");
    Path edited = etc.resolve("understudy-day.conf");
    Path draft = etc.resolve(".understudy-day.conf.new");
    Files.writeString(draft, "value = " + random.nextInt() + "\n");
    Files.move(draft, edited, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path here = root.resolve("moved-a");
    Path there = root.resolve("moved-b");
    if (Files.exists(here)) {
      Files.move(here, there);
    } else if (Files.exists(there)) {
      Files.move(there, here);
    } else {
      Files.createDirectories(here.resolve("deep"));
      Files.writeString(here.resolve("deep/file"), "x".repeat(100_000));
    }
    run(root, "chmod", random.nextBoolean() ? "640" : "644", edited.toString());
  }

  @Test
  void theTwoSidesAreEqualAtEveryStopOfADay() throws Exception {
    try (SyncLab lab = new SyncLab()) {
      fill(lab.alpha.root);
      boolean hasGit = has("git");
      StreamOpener source = lab.alpha.listening();
      long end = System.nanoTime() + LONG.toNanos();
      long stop = System.nanoTime() + BETWEEN_STOPS.toNanos();
      int runs = 0;
      int stops = 0;
      List<String> problems = new ArrayList<>();
      while (System.nanoTime() < end) {
        boolean[] isOver = {false};
        Thread user =
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        for (int at = 0; at < 12; at++) {
                          mail(lab.alpha.root);
                        }
                        commit(lab.alpha.root, hasGit);
                        administer(lab.alpha.root);
                      } catch (Exception broken) {
                        problems.add(broken.toString());
                      }
                      isOver[0] = true;
                    });
        SyncResult result = pull(lab, source);
        runs++;
        assertThat(result)
            .as("run %d", runs)
            .isInstanceOfAny(
                SyncResult.Done.class,
                SyncResult.Unchanged.class,
                SyncResult.DoneWithProblems.class);
        user.join();
        assertThat(isOver[0]).isTrue();
        if (System.nanoTime() > stop || System.nanoTime() > end) {
          stop = System.nanoTime() + BETWEEN_STOPS.toNanos();
          pull(lab, source);
          assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
              .as("after %d runs", runs)
              .isEmpty();
          stops++;
        }
      }
      assertThat(problems).isEmpty();
      assertThat(stops).isPositive();
      if (hasGit) {
        run(lab.beta.root.resolve("repository"), "git", "fsck", "--strict");
      }
      ScrubReport scrubbed = lab.beta.engine().scrub(SyncLab.DATASET, Long.MAX_VALUE, (_, _) -> {});
      assertThat(scrubbed.found()).isEmpty();
      System.out.printf(
          "%d runs, %d mails, %d commits, %d stops: equal each time; %d files, %d kept pieces%n",
          runs,
          mails,
          commits,
          stops,
          scrubbed.files(),
          lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()).size());
      try (Directory root = Directory.open(lab.beta.root)) {
        assertThat(root.find(Reserved.AREA.bytes())).isPresent();
      }
    }
  }

  private static SyncResult pull(SyncLab lab, StreamOpener source) {
    return lab.beta.engine().pull(SyncLab.DATASET, source, PullOptions.USUAL, progress -> {});
  }
}
