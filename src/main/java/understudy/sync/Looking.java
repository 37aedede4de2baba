package understudy.sync;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Attribute;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/**
 * Looks at entries that are no directories: what the index knows of them still holds, or they are
 * read. One scan long, by one thread.
 */
final class Looking {
  private static final long LARGE_BYTES = 1 << 20;

  private final Readers readers;
  private final Scanner.Orders orders;
  private final Scope scope;
  private final FirstNames firstNames;

  Looking(Index index, Readers readers, Scanner.Orders orders, Scope scope) {
    this.readers = readers;
    this.orders = orders;
    this.scope = scope;
    this.firstNames = new FirstNames(index, FirstNames.MOST_IN_MEMORY);
  }

  /** What came of it, once it is read; several looks may be waited for in any order. */
  Look settled(Directory directory, Found found, Look look) throws IOException {
    return switch (look) {
      case Look.Seen seen -> seen;
      case Look.Gone gone -> gone;
      case Look.Reading reading -> {
        try {
          yield settled(directory, found, reading);
        } catch (SystemCallException refused) {
          yield refused(found.name(), refused);
        }
      }
    };
  }

  private Look settled(Directory directory, Found found, Look.Reading reading) throws IOException {
    byte[] name = found.name().bytes();
    FileReading.Outcome outcome = readers.await(reading.outcome());
    Optional<TreePath> linkedTo = reading.linkedTo();
    if (linkedTo.isPresent() && !(outcome instanceof FileReading.Outcome.Read)) {
      linkedTo = Optional.empty(); // its first name is not to be had: this one stands for itself
      outcome = readers.await(readers.readNow(directory, name));
    }
    return switch (outcome) {
      case FileReading.Outcome.Read read ->
          seen(
              found.name(),
              read.status(),
              FileReading.attributes(directory, name, read.status()),
              read.content(),
              linkedTo,
              read.isSettled());
      case FileReading.Outcome.Withheld withheld -> withheld(found.name(), withheld.reason());
      case FileReading.Outcome.Gone _ -> new Look.Gone();
    };
  }

  static Look refused(Name name, SystemCallException refused) {
    return switch (refused.error()) {
      case SystemCallException.NO_ENTRY -> new Look.Gone();
      case SystemCallException.CROSS_DEVICE ->
          withheld(name, Entry.Withheld.Reason.OTHER_FILE_SYSTEM);
      default -> withheld(name, Entry.Withheld.Reason.UNREADABLE);
    };
  }

  static Look.Seen withheld(Name name, Entry.Withheld.Reason reason) {
    return new Look.Seen(new Entry.Withheld(name, reason), LocalKey.NONE);
  }

  /** Throws {@link Scanner.WholeNeeded} where its hard links may lead out of the part looked at. */
  Look file(Directory directory, TreePath path, Found found, boolean isMoved, boolean isCrowded)
      throws IOException {
    FileStatus status = found.status();
    boolean isKnown =
        found.old() instanceof Entry.File known
            && found.oldKey().isSettled()
            && found.oldKey().isOf(status)
            && known.sizeBytes() == status.sizeBytes()
            && known.carried().isModifiedAt(status.mtimeSeconds(), status.mtimeNanos())
            && !orders.reread().contains(path);
    boolean isShared = status.links() > 1;
    if (!(scope instanceof Scope.Everything) && (isShared || found.oldKey().isShared())) {
      if (isKnown
          && !isMoved
          && isShared == found.oldKey().isShared()
          && found.old() instanceof Entry.File old) {
        return known(found, old, old.linkedTo());
      }
      throw new Scanner.WholeNeeded(path);
    }
    Optional<FirstNames.First> first = isShared ? firstNames.of(status) : Optional.empty();
    boolean isFirst = isShared && first.isEmpty();
    Optional<TreePath> linkedTo = first.map(FirstNames.First::path);
    if (isKnown && found.old() instanceof Entry.File old) {
      if (isFirst) {
        firstNames.put(status.inode(), new FirstNames.First(path, null));
      }
      return known(found, old, linkedTo);
    }
    Optional<Future<FileReading.Outcome>> shared = first.flatMap(FirstNames.First::whatIsRead);
    if (shared.isPresent()) {
      return new Look.Reading(shared.get(), linkedTo);
    }
    Future<FileReading.Outcome> reading =
        isCrowded || status.sizeBytes() >= LARGE_BYTES
            ? readers.read(directory, found.name().bytes())
            : readers.readNow(directory, found.name().bytes());
    if (isFirst) {
      firstNames.put(status.inode(), new FirstNames.First(path, reading));
    }
    return new Look.Reading(reading, linkedTo);
  }

  private static Look known(Found found, Entry.File old, Optional<TreePath> linkedTo) {
    boolean isSame = old.linkedTo().equals(linkedTo) && carries(old.carried(), found.status());
    LocalKey key = LocalKey.of(found.status(), true);
    return isSame
        ? new Look.Seen(old, key)
        : seen(
            found.name(),
            found.status(),
            old.carried().attributes(),
            old.content(),
            linkedTo,
            true);
  }

  private static boolean carries(Metadata metadata, FileStatus status) {
    return metadata.mode() == status.mode()
        && metadata.uid() == status.uid()
        && metadata.gid() == status.gid();
  }

  private static Look.Seen seen(
      Name name,
      FileStatus status,
      List<Attribute> attributes,
      Hash content,
      Optional<TreePath> linkedTo,
      boolean isSettled) {
    return new Look.Seen(
        new Entry.File(
            name, FileReading.metadata(status, attributes), status.sizeBytes(), content, linkedTo),
        LocalKey.of(status, isSettled));
  }

  /** As the index has them when nothing can have changed them, else read. */
  static List<Attribute> attributes(Directory directory, Found found) throws SystemCallException {
    Entry old = found.old();
    return old != null && old.metadata().isPresent() && found.oldKey().isOf(found.status())
        ? old.metadata().get().attributes()
        : FileReading.attributes(directory, found.name().bytes(), found.status());
  }

  /** A link, a device and the like. */
  static Look other(Directory directory, Found found) throws IOException {
    FileStatus status = found.status();
    Metadata metadata = FileReading.metadata(status, attributes(directory, found));
    Entry entry =
        switch (status.type()) {
          case SYMLINK ->
              new Entry.Symlink(
                  found.name(), metadata, new Bytes(directory.readLink(found.name().bytes())));
          case FIFO -> special(found, metadata, Entry.Special.Kind.FIFO);
          case SOCKET -> special(found, metadata, Entry.Special.Kind.SOCKET);
          case CHARACTER_DEVICE -> special(found, metadata, Entry.Special.Kind.CHARACTER_DEVICE);
          case BLOCK_DEVICE -> special(found, metadata, Entry.Special.Kind.BLOCK_DEVICE);
          case FILE, DIRECTORY -> throw new IllegalArgumentException("handled elsewhere");
        };
    return new Look.Seen(entry, LocalKey.of(status, true));
  }

  private static Entry special(Found found, Metadata metadata, Entry.Special.Kind kind) {
    return new Entry.Special(found.name(), metadata, kind, found.status().special());
  }
}
