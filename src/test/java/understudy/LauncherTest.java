package understudy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real launcher in a copied tree, with a stand-in for Java that says how it was started and one
 * for Maven that counts its builds: a build inside the build would disturb it.
 */
class LauncherTest {
  private static final String SPEAKING_JAVA =
      """
      #!/bin/bash
      case "$*" in
        *.java*) exit 0 ;;
        *AOTCacheOutput*) for word in "$@"; do
            case $word in -XX:AOTCacheOutput=*) : >"${word#*=}" ;; esac
          done ;;
        *) echo "pid $$"; echo "$0 $*" ;;
      esac
      """;
  private static final String COUNTING_MAVEN =
      """
      #!/bin/bash
      echo build >>builds
      [ ! -e broken ] || { echo "[ERROR] Main.java:[1,1] it is broken"; exit 1; }
      mkdir -p target/lib
      cat src/main/* >target/understudy.jar
      touch target/lib/one.jar target/lib/picocli-1.jar
      """;

  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private Path tree = Path.of("unset");
  private Path jdk = Path.of("unset");

  @BeforeEach
  void copyTheTree() throws IOException {
    tree = Files.createDirectory(directory.resolve("tree"));
    Files.createDirectories(tree.resolve("src/main"));
    Files.createDirectory(tree.resolve(".mvn"));
    Files.writeString(tree.resolve("src/main/Main.java"), "one");
    Files.writeString(tree.resolve("pom.xml"), "<project/>");
    Files.copy(
        Path.of("understudy"), tree.resolve("understudy"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectory(tree.resolve("packaging"));
    for (String file :
        List.of(
            "find-java.sh",
            "find-maven.sh",
            "NewerClasses.java",
            "OneAnswer.java",
            "rehearsal.json")) {
      Files.copy(Path.of("packaging", file), tree.resolve("packaging").resolve(file));
    }
    jdk = jdk("jdk-25", "25.0.3");
    program(directory.resolve("bin/mvn"), COUNTING_MAVEN);
    environment.put("PATH", directory.resolve("bin") + ":/usr/bin:/bin:/usr/sbin:/sbin");
    environment.put("JAVA_ROOTS", directory.resolve("roots") + "/*");
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("LANG", "C.UTF-8");
  }

  record Ran(int code, String out, String err) {}

  @Test
  void aCommandStartsFastAndTheDaemonStartsSmall() throws Exception {
    run("version");
    String build = Files.readAllLines(tree.resolve(".understudy/current")).getFirst();
    String path =
        "%s/understudy.jar:%s/lib/one.jar:%s/lib/picocli-1.jar".formatted(build, build, build);
    assertThat(said(run("status", "--output", "json")))
        .isEqualTo(
            jdk
                + "/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
                + " -Xlog:disable --enable-native-access=ALL-UNNAMED"
                + " -XX:AOTCache="
                + build
                + "/command.aot -cp "
                + path
                + " understudy.Main status --output json");
    for (String verb : List.of("node", "demo")) {
      assertThat(said(run("--config", "/etc/x", verb)))
          .isEqualTo(
              jdk
                  + "/bin/java -XX:+UseSerialGC -XX:-UsePerfData -Xms16m -Xmx256m -XX:NewRatio=3"
                  + " -XX:MinHeapFreeRatio=5 -XX:MaxHeapFreeRatio=15 -XX:SoftRefLRUPolicyMSPerMB=10"
                  + " -XX:-ShrinkHeapInSteps -XX:TrimNativeHeapInterval=10000 -XX:+UseCompactObjectHeaders"
                  + " -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED"
                  + " -XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=2400"
                  + " -XX:Tier4CompileThreshold=60000 -XX:Tier4BackEdgeThreshold=160000"
                  + " -XX:InlineSmallCode=1000 -XX:CompileCommand=quiet -XX:CompileCommand=CompileThresholdScaling,"
                  + "com.sun.crypto.provider.*::*,0.05 -XX:AOTCache="
                  + build
                  + "/daemon.aot -cp "
                  + path
                  + " understudy.Main --config /etc/x "
                  + verb);
    }
    assertThat(said(run("simulate", "--seeds", "7")))
        .isEqualTo(
            jdk
                + "/bin/java -XX:+UseSerialGC -Xmx512m -Xmn256m --enable-native-access=ALL-UNNAMED -cp "
                + path
                + " understudy.Main simulate --seeds 7");
  }

  @Test
  void aMissingCacheOfClassesDoesNoHarm() throws Exception {
    run("version");
    String build = Files.readAllLines(tree.resolve(".understudy/current")).getFirst();
    Files.delete(Path.of(build, "command.aot"));
    assertThat(said(run("version"))).doesNotContain("AOTCache").endsWith("understudy.Main version");
  }

  @Test
  void theProcessThatWasStartedIsTheProgram() throws Exception {
    run("version");
    Process process = start("node");
    assertThat(output(process.inputReader().lines())).startsWith("pid " + process.pid() + "\n");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void itBuildsOnFirstUseAndWhenSomethingChangedOnly() throws Exception {
    assertThat(run("version").err()).startsWith("understudy: building");
    assertThat(run("version").err()).isEmpty();
    assertThat(builds()).isEqualTo(1);

    Files.writeString(tree.resolve("src/main/Main.java"), "two");
    later(tree.resolve("src/main/Main.java"));
    run("version");
    assertThat(builds()).as("a changed source").isEqualTo(2);
    String second = Files.readString(tree.resolve(".understudy/current"));

    settle();
    later(tree.resolve("pom.xml"));
    run("version");
    assertThat(builds()).as("a changed pom").isEqualTo(3);
    assertThat(Files.readString(tree.resolve(".understudy/current")))
        .as("the same content is the same build")
        .isEqualTo(second);

    settle();
    Files.writeString(tree.resolve("src/main/Extra.java"), "three");
    run("version");
    settle();
    Files.delete(tree.resolve("src/main/Extra.java"));
    later(tree.resolve("src/main"));
    run("version");
    assertThat(builds()).as("a file more, a file less").isEqualTo(5);
  }

  @Test
  void aMovedCheckoutIsBuiltAgain() throws Exception {
    run("version");
    tree = Files.move(tree, directory.resolve("elsewhere"));
    assertThat(said(run("version"))).contains(directory + "/elsewhere/.understudy/build-");
  }

  @Test
  void aBuildThatFailsSaysWhyAndStartsNothing() throws Exception {
    Files.createFile(tree.resolve("broken"));
    Ran ran = run("version");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains("[ERROR] Main.java:[1,1] it is broken\n")
        .endsWith("/.understudy/build.log\n");
    Files.delete(tree.resolve("broken"));
    assertThat(run("version").code()).as("the next try builds again").isZero();
  }

  @Test
  void manyAtOnceBuildOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(start("version"));
    }
    for (Process process : processes) {
      assertThat(output(process.inputReader().lines())).contains("understudy.Main version");
      assertThat(process.waitFor()).isZero();
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void itWorksThroughALinkFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("bin/us"), tree.resolve("understudy"));
    Process process = prepared(List.of(link.toString(), "version"), directory).start();
    assertThat(output(process.inputReader().lines())).contains("understudy.Main version");
    assertThat(process.waitFor()).isZero();

    for (String word : List.of("./understudy", "../tree/understudy")) {
      Process near = prepared(List.of("/bin/bash", word, "version"), tree).start();
      assertThat(output(near.inputReader().lines())).contains("understudy.Main version");
      assertThat(near.waitFor()).isZero();
    }
  }

  @Test
  void theNewestJdkThatWillDoIsFound() throws Exception {
    environment.put("JAVA_HOME", jdk("old", "21.0.2").toString());
    jdk("roots/jdk-24", "24.0.1");
    Path newest = jdk("roots/jdk-27", "27");
    jdk("roots/jdk-26", "26.0.1");
    assertThat(said(run("version"))).startsWith(newest + "/bin/java ");
    environment.remove("JAVA_HOME");
    assertThat(said(run("version"))).startsWith(newest + "/bin/java ");
    environment.put("JAVA_HOME", jdk.toString());
    assertThat(said(run("version"))).as("the user's choice wins").startsWith(jdk + "/bin/java ");
  }

  @Test
  void theJdkOnThePathIsTheLastResort() throws Exception {
    environment.remove("JAVA_HOME");
    environment.put("PATH", jdk + "/bin:" + environment.get("PATH"));
    assertThat(said(run("version"))).startsWith(jdk + "/bin/java ");
  }

  @Test
  void withoutAJdkItSaysWhatToInstall() throws Exception {
    Path old = jdk("old", "21.0.2");
    environment.put("JAVA_HOME", old.toString());
    environment.put("PATH", old + "/bin:" + environment.get("PATH"));
    Ran ran = run("version");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith(
            "understudy: no JDK 25 or newer was found (JAVA_HOME="
                + old
                + " is JDK 21, looked in JAVA_HOME, /usr/lib/jvm, /opt, PATH)\n")
        .contains("apt-get install", "set JAVA_HOME");
  }

  @Test
  void aMavenThatIsNotTheExpectedOneIsNotUnpacked() throws Exception {
    Path tools = Files.createDirectory(directory.resolve("tools"));
    for (String tool :
        List.of("bash", "readlink", "find", "mkdir", "rm", "sha512sum", "touch", "flock", "env")) {
      program(tools.resolve(tool), "#!/bin/bash\nexec %s \"$@\"\n".formatted(tool(tool)));
    }
    program(
        tools.resolve("curl"),
        """
        #!/bin/bash
        while [ $# -gt 1 ]; do [ "$1" != --output ] || echo evil >"$2"; shift; done
        """);
    environment.put("PATH", tools.toString());
    Ran ran = run("version");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("no Maven on this machine: fetching")
        .contains("is not the file that this script was made for; nothing was unpacked");
    try (Stream<Path> left = Files.list(tree.resolve(".understudy/maven"))) {
      assertThat(left).isEmpty();
    }
  }

  private Ran run(String... words) throws Exception {
    Process process = start(words);
    // Both fit into a pipe, so that one can be read after the other.
    String out = output(process.inputReader().lines());
    String err = output(process.errorReader().lines());
    return new Ran(process.waitFor(), out, err);
  }

  private Process start(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(tree.resolve("understudy").toString()));
    command.addAll(List.of(words));
    return prepared(command, directory).start();
  }

  private ProcessBuilder prepared(List<String> command, Path where) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder;
  }

  private static String said(Ran ran) {
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out().lines().filter(line -> !line.startsWith("pid ")).findFirst().orElse("");
  }

  private static String output(Stream<String> lines) {
    return String.join("", lines.map(line -> line + "\n").toList());
  }

  private int builds() throws IOException {
    return Files.readAllLines(tree.resolve("builds")).size();
  }

  /** As if some time had passed since the last build. */
  private void settle() throws IOException {
    try (Stream<Path> sources = Files.walk(tree.resolve("src"))) {
      for (Path source : sources.toList()) {
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(60)));
      }
    }
    Files.setLastModifiedTime(
        tree.resolve("pom.xml"), FileTime.from(Instant.now().minusSeconds(60)));
    Files.setLastModifiedTime(
        tree.resolve(".understudy/built"), FileTime.from(Instant.now().minusSeconds(30)));
  }

  private static void later(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(1)));
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = directory.resolve(name);
    program(home.resolve("bin/java"), SPEAKING_JAVA);
    program(home.resolve("bin/javac"), "#!/bin/bash\n");
    Files.writeString(
        home.resolve("release"),
        "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n",
        StandardCharsets.UTF_8);
    return home;
  }

  private static void program(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path tool(String name) {
    return Stream.of("/usr/bin", "/bin")
        .map(place -> Path.of(place, name))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }
}
