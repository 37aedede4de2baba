package understudy.pairing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import understudy.pairing.Messages.OfferedDataset;

/**
 * Looks at the places on the joining machine where copies will live: that they can be made, that
 * they hold nothing or may be replaced, and that there is room.
 */
final class TargetChecks {
  private static final int SPARE_PERCENT = 10;

  private final String source;
  private final String target;
  private final boolean mayReplace;

  TargetChecks(String source, String target, boolean mayReplace) {
    this.source = source;
    this.target = target;
    this.mayReplace = mayReplace;
  }

  List<Check> of(List<OfferedDataset> datasets) {
    List<Check> checks = new ArrayList<>();
    for (OfferedDataset dataset : datasets) {
      Path path = Path.of(dataset.path());
      if (!path.isAbsolute()) {
        checks.add(
            Check.fail(
                "data " + dataset.name(),
                target,
                dataset.path() + " is not an absolute path",
                "correct the dataset on " + source));
        continue;
      }
      Path place = nearestExisting(path);
      checks.add(contents(dataset, path, place));
      checks.add(space(dataset, place));
    }
    if (datasets.isEmpty()) {
      checks.add(Check.notChecked("data", target, source + " has no dataset: nothing is copied"));
    }
    return checks;
  }

  /** What the first sync will do, in plain words. */
  List<String> plan(List<OfferedDataset> datasets) {
    List<String> lines = new ArrayList<>();
    for (OfferedDataset dataset : datasets) {
      TreeSize here = TreeSize.of(Path.of(dataset.path()));
      String what = source + " → " + target + ": " + target + "'s " + dataset.path();
      lines.add(
          here.isEmpty()
              ? what + " is empty and becomes a copy of " + source + "'s (" + size(dataset) + ")"
              : what
                  + " ("
                  + here.words()
                  + ") will be replaced by "
                  + source
                  + "'s ("
                  + size(dataset)
                  + "); what is there now stays restorable for 7 days");
    }
    return lines;
  }

  private static String size(OfferedDataset dataset) {
    return new TreeSize(dataset.files(), dataset.bytes(), dataset.isMeasured()).words();
  }

  private Check contents(OfferedDataset dataset, Path path, Path place) {
    String name = "data " + dataset.name();
    if (!Files.isDirectory(place)) {
      return Check.fail(name, target, place + " is in the way: it is no directory", "move it away");
    }
    if (!Files.isWritable(place)) {
      return Check.fail(
          name, target, place + " cannot be written", "run this as root, or allow it");
    }
    if (!place.equals(path)) {
      return Check.pass(name, target, path + " is not there yet and can be made");
    }
    TreeSize here = TreeSize.of(path);
    if (here.isEmpty()) {
      return Check.pass(name, target, path + " is empty");
    }
    String evidence = path + " is not empty: " + here.words();
    return mayReplace
        ? Check.warn(
            name,
            target,
            evidence + "; it will be replaced",
            "what is there now stays restorable for 7 days")
        : Check.fail(
            name,
            target,
            evidence,
            "check that the copy from "
                + source
                + " may replace it, then add --replace-data; what is there now stays restorable"
                + " for 7 days");
  }

  private Check space(OfferedDataset dataset, Path place) {
    String name = "space " + dataset.name();
    try {
      long free = Files.getFileStore(place).getUsableSpace();
      long needed = Math.addExact(dataset.bytes(), dataset.bytes() / (100 / SPARE_PERCENT));
      String evidence =
          Amounts.bytes(free) + " free at " + place + ", " + Amounts.bytes(needed) + " needed";
      if (free < needed) {
        return Check.fail(name, target, evidence, "make room on " + target);
      }
      return dataset.isMeasured()
          ? Check.pass(name, target, evidence)
          : Check.warn(name, target, evidence + " at least", "see that there is room for more");
    } catch (IOException unreadable) {
      return Check.notChecked(name, target, "the free space at " + place + " is unreadable");
    }
  }

  private static Path nearestExisting(Path path) {
    Path place = path;
    while (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      Path parent = place.getParent();
      if (parent == null) {
        return place;
      }
      place = parent;
    }
    return place;
  }
}
