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
  private static final long ROOM_FOR_ANY_ATTRIBUTE_BYTES = 16 << 20;

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
      if (isBeyondTarget(refused)) {
        return false; // the target cannot hold it: reported by the caller
      }
      throw refused;
    }
  }

  private static boolean isBeyondTarget(SystemCallException refused) {
    return switch (refused.error()) {
      case SystemCallException.NOT_PERMITTED,
          SystemCallException.NOT_SUPPORTED,
          SystemCallException.INVALID,
          SystemCallException.TOO_LARGE,
          SystemCallException.OUT_OF_RANGE ->
          true;
      default -> false;
    };
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
      if (missing.name().equals(FileReading.FLAGS)) {
        held = false; // an immutable standby could not follow: said, not set
      } else if (!present.contains(missing)) {
        held &= isSet(directory, name, missing);
      }
    }
    return held;
  }

  /** A value too large for this file system is answered as if the disk were full: told apart. */
  private static boolean isSet(Directory directory, byte[] name, Attribute attribute)
      throws SystemCallException {
    try {
      ExtendedAttributes.set(directory, name, attribute.name().bytes(), attribute.value().bytes());
      return true;
    } catch (SystemCallException refused) {
      if (isBeyondTarget(refused)
          || (refused.error() == SystemCallException.NO_SPACE
              && directory.freeSpace().bytes() > ROOM_FOR_ANY_ATTRIBUTE_BYTES)) {
        return false;
      }
      throw refused;
    }
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
