package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What programs of the distribution put on a file is on its copy, as other programs of the
 * distribution see it: {@code setfacl}, {@code setfattr}, {@code mknod}, {@code chattr} against
 * {@code getfattr}, {@code find} and {@code sha256sum}.
 */
class FaithfulTest {
  private SyncLab lab;
  private Path root;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
    root = lab.alpha.root;
  }

  @AfterEach
  void close() throws Exception {
    run(root, "chattr", "-R", "-f", "-i", "-a", ".");
    lab.close();
  }

  private static String run(Path directory, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    process.waitFor();
    return output;
  }

  private void shell(String script) throws Exception {
    assertThat(run(root, "sh", "-ec", script)).isEmpty();
  }

  private static List<String> attributes(Path root) throws Exception {
    String dump = run(root, "getfattr", "-R", "-h", "-d", "-m", "-", "-e", "hex", ".");
    List<String> files = new ArrayList<>(List.of(dump.split("\n\n", -1)));
    files.removeIf(file -> file.contains("# file: .understudy"));
    files.sort(null);
    return files;
  }

  private void assertSame() throws Exception {
    assertSame("");
  }

  private void assertSame(String story) throws Exception {
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(root)))
        .as("the copy / the source, %s", story)
        .isEmpty();
    assertThat(attributes(lab.beta.root)).as(story).isEqualTo(attributes(root));
  }

  private SyncResult pull() throws IOException {
    return lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced());
  }

  @Test
  void attributesOfAllNamespacesAclsAndCapabilitiesComeChangeAndGo() throws Exception {
    shell(
        """
        echo 1 >file; mkdir directory; echo 2 >directory/inherits; ln -s file link
        setfattr -n user.one -v 1 file
        setfattr -n user.large -v "$(head -c 2000 /dev/zero | tr '\\0' x)" file
        setfattr -n trusted.of-root -v 2 file; setfattr -n trusted.of-root -v 3 directory
        setfattr -h -n trusted.on-a-link -v 4 link
        setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 file
        setfacl -m u:4711:rwx,g:4712:r-x,m::rx file; chmod g-w file
        setfacl -m u:4711:rwx directory; setfacl -d -m g:4713:rw directory
        """);
    assertThat(pull()).isInstanceOf(SyncResult.Done.class);
    assertSame();
    assertThat(attributes(root).toString())
        .contains("trusted.on-a-link", "security.capability", "system.posix_acl_default");
    shell(
        """
        setfattr -x user.one file; setfattr -n trusted.of-root -v 5 file
        setfacl -b file; setfacl -k directory; setfattr -x security.capability file
        """);
    assertThat(pull()).isInstanceOf(SyncResult.Done.class);
    assertSame();
  }

  @Test
  void setIdBitsStickyDirectoriesDevicesFifosAndSocketsAreKept() throws Exception {
    shell(
        """
        echo 1 >setuid; chown 4711:4712 setuid; chmod 6755 setuid
        mkdir sticky setgid; chmod 1777 sticky; chmod 2750 setgid
        mkfifo -m 640 fifo; mknod -m 600 char c 1 3; mknod -m 660 block b 7 200
        mknod -m 644 large-minor c 240 1048575
        touch -h -d @-5.123456789 setuid; ln -s nowhere link; touch -h -d @4000000000.5 link
        touch -d @1.000000001 sticky
        """);
    run(root, "python3", "-c", "import socket; socket.socket(socket.AF_UNIX).bind('socket')");
    assertThat(pull()).isInstanceOf(SyncResult.Done.class);
    assertSame();
    String stat = "stat -c '%n %t:%T %F' char block large-minor fifo socket";
    assertThat(run(lab.beta.root, "sh", "-c", stat)).isEqualTo(run(root, "sh", "-c", stat));
  }

  @Test
  void chmodAndChownAloneSendNoContent() throws Exception {
    shell("head -c 3000000 /dev/urandom >file");
    assertThat(pull()).isInstanceOf(SyncResult.Done.class);
    shell("chmod 4700 file; chown 4711 file; setfattr -n user.x -v 1 file");
    assertThat(pull())
        .isInstanceOfSatisfying(
            SyncResult.Done.class, done -> assertThat(done.run().wireBytes()).isLessThan(20_000));
    assertSame();
  }

  @Test
  void immutableAndAppendOnlyFilesArriveAndTheirFlagsAreReported() throws Exception {
    shell("echo 1 >fixed; echo 2 >log; echo 3 >usual; chattr +i fixed; chattr +a log");
    assertThat(pull())
        .isInstanceOfSatisfying(
            SyncResult.DoneWithProblems.class,
            done ->
                assertThat(done.problems())
                    .containsExactly(
                        "'fixed' carries what this node cannot hold",
                        "'log' carries what this node cannot hold"));
    assertSame();
    shell("echo 4 >>log");
    pull();
    assertSame();
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Unchanged.class);
  }

  @Test
  void anAttributeThatTheTargetHasNoRoomForIsReportedAndIsNoFullDisk() throws Exception {
    Path small = lab.beta.root;
    run(lab.home, "mount", "-t", "tmpfs", "-o", "size=200m", "none", root.toString());
    try {
      shell("echo 1 >file");
      String large = "x".repeat(30_000);
      run(root, "setfattr", "-n", "trusted.large", "-v", large, "file");
      assertThat(attributes(root).toString()).contains("trusted.large");
      assertThat(pull())
          .isInstanceOfSatisfying(
              SyncResult.DoneWithProblems.class,
              done ->
                  assertThat(done.problems())
                      .containsExactly("'file' carries what this node cannot hold"));
      assertThat(small.resolve("file")).hasContent("1");
    } finally {
      lab.alpha.engine().close();
      run(lab.home, "umount", "-l", root.toString());
    }
  }

  @Test
  void holesStayHolesAndAHugeSparseFileTakesNoTime() throws Exception {
    shell(
        """
        truncate -s 300M sparse; printf x | dd of=sparse bs=1 seek=150000000 conv=notrunc status=none
        truncate -s 5M all-hole; echo small >small; truncate -s 100k small
        """);
    assertThat(pull()).isInstanceOf(SyncResult.Done.class);
    assertSame();
    String blocks = "stat -c %b sparse all-hole";
    for (String line : run(lab.beta.root, "sh", "-c", blocks).split("\n", -1)) {
      assertThat(line.isEmpty() || Integer.parseInt(line) < 3000).isTrue();
    }
  }

  @Test
  void namesOfAnyBytesAndPathsLongerThanTheKernelTakesArrive() throws Exception {
    run(
        root,
        "python3",
        "-c",
        """
        import os
        for n in (b'\\xff\\xfe', b'caf\\xc3\\xa9', b'cafe\\xcc\\x81', b'a\\nb', b'\\x1b[31m', b' ', b'-rf', b'A', b'a', b'\\\\', b'n'*255):
            open(n, 'wb').write(n)
        fd = os.open('.', os.O_RDONLY)
        for i in range(60):
            os.mkdir('d'*200, dir_fd=fd)
            fd2 = os.open('d'*200, os.O_RDONLY, dir_fd=fd); os.close(fd); fd = fd2
        f = os.open('deep', os.O_CREAT|os.O_WRONLY, dir_fd=fd); os.write(f, b'deep'); os.close(f)
        """);
    assertThat(pull()).isInstanceOf(SyncResult.Done.class);
    String sums =
        "find . -path ./.understudy -prune -o -type f -execdir sha256sum -z {} + | sort -z";
    assertThat(run(lab.beta.root, "sh", "-c", sums)).isEqualTo(run(root, "sh", "-c", sums));
    assertThat(run(lab.beta.root, "sh", "-c", "find . -name deep | wc -c").strip())
        .isEqualTo("12067");
  }

  @Test
  void nineHundredLevelsArriveAndMoreThanAThousandAreNamed() throws Exception {
    run(
        root,
        "python3",
        "-c",
        """
        import os
        def chain(name, levels):
            fd = os.open('.', os.O_RDONLY)
            for i in range(levels):
                os.mkdir(name, dir_fd=fd)
                fd2 = os.open(name, os.O_RDONLY, dir_fd=fd); os.close(fd); fd = fd2
            f = os.open('leaf', os.O_CREAT|os.O_WRONLY, dir_fd=fd); os.write(f, b'leaf'); os.close(f)
        chain('e', 900)
        chain('f', 1005)
        """);
    assertThat(pull()).isInstanceOf(SyncResult.DoneWithProblems.class);
    assertThat(run(lab.beta.root, "sh", "-c", "find . -name leaf | wc -c").strip())
        .as("one leaf, 900 levels deep")
        .isEqualTo("1807");
  }

  /** As a failed assertion tells it. */
  private static String outcome(SyncResult result) {
    return switch (result) {
      case SyncResult.Unchanged _ -> "unchanged";
      case SyncResult.Done _ -> "done";
      case SyncResult.DoneWithProblems done -> "done but " + done.problems();
      case SyncResult.Failed failed -> failed.code() + ": " + failed.reason();
    };
  }

  /** Whoever may write into the source's tree must not make the daemon read elsewhere. */
  @Test
  void directoriesAndLinksThatChangePlacesAllTheTimeLeadNowhere() throws Exception {
    Path secret = Files.createDirectory(lab.home.resolve("secret"));
    Files.writeString(secret.resolve("file"), "secret");
    shell("mkdir victim; echo harmless >victim/file; ln -s " + secret + " link");
    AtomicBoolean isOver = new AtomicBoolean();
    Thread flipper =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (!isOver.get()) {
                      Files.move(root.resolve("victim"), root.resolve("away"));
                      Files.move(root.resolve("link"), root.resolve("victim"));
                      Files.move(root.resolve("victim"), root.resolve("link"));
                      Files.move(root.resolve("away"), root.resolve("victim"));
                    }
                  } catch (IOException failed) {
                    throw new AssertionError(failed);
                  }
                });
    List<String> outcomes = new ArrayList<>();
    try {
      for (int round = 0; round < 40; round++) {
        outcomes.add(outcome(pull()));
        String found =
            run(lab.beta.root, "grep", "-r", "--exclude-dir=.understudy", "-l", "secret", ".");
        assertThat(found).isEmpty();
      }
    } finally {
      isOver.set(true);
      flipper.join();
    }
    lab.alpha.engine().locked(SyncLab.DATASET, Dataset::watching).doubt("the races are over");
    outcomes.add(outcome(pull()));
    assertSame("after these pulls: " + String.join("; ", outcomes));
  }

  /** Whoever may write into the standby's tree must not make the daemon write elsewhere. */
  @Test
  void aLinkPutInADirectorysPlaceOnTheStandbyIsNotWrittenThrough() throws Exception {
    Path outside = Files.createDirectory(lab.home.resolve("outside"));
    shell("mkdir -p a/b; echo 1 >a/b/file");
    assertThat(pull()).isInstanceOf(SyncResult.Done.class);
    run(lab.beta.root, "sh", "-c", "mv a/b gone && ln -s " + outside + " a/b");
    shell("echo 2 >a/b/file; echo 3 >a/b/new");
    pull();
    pull();
    assertThat(outside).isEmptyDirectory();
  }
}
