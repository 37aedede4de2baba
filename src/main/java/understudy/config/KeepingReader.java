package understudy.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import understudy.config.DatasetConfig.Keeping;
import understudy.config.DatasetConfig.Mode;

/** Reads what a dataset says about its mode, what is kept, and when a sync asks. */
final class KeepingReader {
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(3660);
  private static final Pattern SHARE = Pattern.compile("(\\d{1,3})\\s*%");
  private static final int WHOLE = 100;

  private KeepingReader() {}

  static Keeping read(Section section) {
    Keeping usual = Keeping.USUAL;
    Mode mode =
        section
            .find("mode")
            .flatMap(value -> value.word(List.of("mirror", "merge")))
            .map(word -> word.equals("merge") ? Mode.MERGE : Mode.MIRROR)
            .orElse(usual.mode());
    Optional<Section> keep =
        section.find("keep").flatMap(value -> value.section(List.of("for", "size")));
    Duration keepFor =
        keep.map(given -> given.duration("for", SHORTEST, LONGEST, usual.keepFor()))
            .orElse(usual.keepFor());
    OptionalLong bytes =
        keep.flatMap(given -> given.find("size"))
            .flatMap(value -> value.parsed(Sizes::parse))
            .map(OptionalLong::of)
            .orElse(usual.keepBytes());
    double maxDelete =
        section
            .find("max-delete")
            .flatMap(value -> value.parsed(KeepingReader::share))
            .orElse(usual.maxDelete());
    return new Keeping(
        mode, keepFor, bytes, maxDelete, section.find("verify").map(DatasetsReader::schedule));
  }

  private static double share(String text) {
    Matcher matcher = SHARE.matcher(text);
    int percent = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (percent < 1 || percent > WHOLE) {
      throw new IllegalArgumentException("'" + text + "' is no share; write 1% to 100%");
    }
    return percent / (double) WHOLE;
  }
}
