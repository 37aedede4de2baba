package understudy.sync;

import java.util.List;
import understudy.linux.Directory;
import understudy.linux.ExtendedAttributes;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Attribute;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Metadata;

/**
 * Gives an entry what it carries besides its content, and compares. In this order, since each step
 * may undo the next ones: owner, mode, attributes, time.
 */
final class Dress {
  private Dress() {}

  /** Sets everything; answers whether the target could hold it all. */
  static boolean put(Directory directory, byte[] name, Metadata wanted, boolean isSymlink)
      throws SystemCallException {
    boolean held = true;
    FileStatus status = directory.status(name);
    if (status.uid() != wanted.uid() || status.gid() != wanted.gid()) {
      held = tolerant(() -> directory.setOwner(name, wanted.uid(), wanted.gid()));
    }
    if (!isSymlink) {
      directory.setMode(name, wanted.mode());
    }
    held &= putAttributes(directory, name, wanted.attributes());
    directory.setModified(name, wanted.mtimeSeconds(), wanted.mtimeNanos());
    return held;
  }

  /** As {@link #put}, for a file that was made a moment ago and is still open. */
  static boolean put(Directory directory, byte[] name, OpenFile file, Metadata wanted)
      throws SystemCallException {
    FileStatus status = file.status();
    boolean held = true;
    if (status.uid() != wanted.uid() || status.gid() != wanted.gid()) {
      held = tolerant(() -> file.setOwner(wanted.uid(), wanted.gid()));
    }
    file.setMode(wanted.mode());
    if (!wanted.attributes().isEmpty() || file.hasAttributes()) { // a directory may pass on an ACL
      held &= putAttributes(directory, name, wanted.attributes());
    }
    file.setModified(wanted.mtimeSeconds(), wanted.mtimeNanos());
    return held;
  }

  private interface Step {
    void run() throws SystemCallException;
  }

  private static boolean tolerant(Step step) throws SystemCallException {
    try {
      step.run();
      return true;
    } catch (SystemCallException refused) {
      if (refused.error() == SystemCallException.NOT_PERMITTED
          || refused.error() == SystemCallException.NOT_SUPPORTED
          || refused.error() == SystemCallException.INVALID) {
        return false; // the target cannot hold it: reported by the caller
      }
      throw refused;
    }
  }

  private static boolean putAttributes(Directory directory, byte[] name, List<Attribute> wanted)
      throws SystemCallException {
    List<Attribute> present = FileReading.attributes(directory, name);
    boolean held = true;
    for (Attribute surplus : present) {
      if (wanted.stream().noneMatch(one -> one.name().equals(surplus.name()))) {
        held &= tolerant(() -> ExtendedAttributes.remove(directory, name, surplus.name().bytes()));
      }
    }
    for (Attribute missing : wanted) {
      if (!present.contains(missing)) {
        held &=
            tolerant(
                () ->
                    ExtendedAttributes.set(
                        directory, name, missing.name().bytes(), missing.value().bytes()));
      }
    }
    return held;
  }

  /** The status is what the entry says, but for its content. */
  static boolean fits(FileStatus status, Entry entry) {
    return switch (entry) {
      case Entry.File file ->
          status.type() == FileStatus.Type.FILE
              && status.sizeBytes() == file.sizeBytes()
              && carries(status, file.carried());
      case Entry.Subtree subtree ->
          status.type() == FileStatus.Type.DIRECTORY && carries(status, subtree.carried());
      case Entry.Symlink symlink ->
          status.type() == FileStatus.Type.SYMLINK && carries(status, symlink.carried());
      case Entry.Special special ->
          status.type().name().equals(special.kind().name())
              && status.special() == special.device()
              && carries(status, special.carried());
      case Entry.Withheld _ -> true;
    };
  }

  private static boolean carries(FileStatus status, Metadata metadata) {
    return status.mode() == metadata.mode()
        && status.uid() == metadata.uid()
        && status.gid() == metadata.gid()
        && metadata.isModifiedAt(status.mtimeSeconds(), status.mtimeNanos());
  }
}
