import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/**
 * Brings classes of a jar to today's class file version: java NewerClasses.java JAR.
 *
 * <p>Picocli is compiled for Java 5. The JVM neither keeps such classes in an AOT cache nor verifies
 * them the fast way, which costs a short command a third of its time. The code stays the same, only
 * the frames that the newer verifier wants are computed. The jar is replaced when every changed
 * class verifies, else left as it was.
 */
final class NewerClasses {
  private static final int FIRST_WITH_FRAMES_DEMANDED = 51;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final ClassFile classFile =
      ClassFile.of(
          StackMapsOption.GENERATE_STACK_MAPS,
          ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofResourceParsing(this::own)
                  .orElse(ClassHierarchyResolver.defaultResolver())));

  public static void main(String[] args) throws IOException {
    new NewerClasses().change(Path.of(args[0]));
  }

  private void change(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      file.stream().filter(entry -> !entry.isDirectory()).forEach(entry -> read(file, entry));
    }
    Path fresh = jar.resolveSibling(jar.getFileName() + ".new");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(fresh))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(
            entry.getKey().endsWith(".class") ? newer(entry.getValue()) : entry.getValue());
      }
    }
    Files.move(fresh, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private void read(JarFile file, ZipEntry entry) {
    try (var in = file.getInputStream(entry)) {
      entries.put(entry.getName(), in.readAllBytes());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private byte[] newer(byte[] bytes) {
    ClassModel model = classFile.parse(bytes);
    if (model.majorVersion() >= FIRST_WITH_FRAMES_DEMANDED) {
      return bytes;
    }
    CodeTransform again = (code, element) -> code.with(element);
    ClassTransform version =
        (type, element) -> {
          if (element instanceof ClassFileVersion) {
            type.withVersion(ClassFile.latestMajorVersion(), 0);
          } else {
            type.with(element);
          }
        };
    byte[] changed =
        classFile.transformClass(
            model, ClassTransform.transformingMethodBodies(again).andThen(version));
    var errors = classFile.verify(changed);
    if (!errors.isEmpty()) {
      throw new IllegalStateException(model.thisClass().asInternalName() + ": " + errors);
    }
    return changed;
  }

  private java.io.InputStream own(ClassDesc type) {
    String descriptor = type.descriptorString();
    byte[] bytes = entries.get(descriptor.substring(1, descriptor.length() - 1) + ".class");
    return bytes == null ? null : new ByteArrayInputStream(bytes);
  }
}
