package understudy.config;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.config.DatasetConfig.Schedule;
import understudy.sync.plan.CronTimes;

/** Reads the {@code datasets:} section. */
final class DatasetsReader {
  static final List<String> KEYS =
      List.of(
          "name",
          "path",
          "mode",
          "every",
          "exclude",
          "include",
          "keep",
          "max-delete",
          "verify",
          "limit");
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(366);

  /** Continuous mode makes at most one generation in this time. */
  private static final Schedule CONTINUOUS = new Schedule.Continuous(Duration.ofMillis(400));

  private final Map<String, Value> names = new HashMap<>();
  private final Map<Path, Value> paths = new HashMap<>();

  static List<DatasetConfig> read(Optional<Value> list) {
    DatasetsReader reader = new DatasetsReader();
    List<DatasetConfig> datasets = new ArrayList<>();
    for (Value item : list.map(Value::items).orElse(List.of())) {
      item.section(KEYS).flatMap(reader::dataset).ifPresent(datasets::add);
    }
    return datasets;
  }

  private Optional<DatasetConfig> dataset(Section section) {
    Optional<Value> nameValue = section.require("name", "files");
    Optional<String> name = nameValue.flatMap(value -> value.parsed(Names::plain));
    Optional<Value> pathValue = section.require("path", "/srv/files");
    Optional<Path> path = pathValue.flatMap(value -> value.parsed(DatasetsReader::directory));
    DatasetConfig.Keeping keeping = KeepingReader.read(section);
    Schedule every = section.find("every").map(DatasetsReader::schedule).orElse(CONTINUOUS);
    DatasetConfig.Selection selection = selection(section);
    if (name.isEmpty() || path.isEmpty()) {
      return Optional.empty();
    }
    alone(name.get(), nameValue.orElseThrow(), path.get(), pathValue.orElseThrow());
    return Optional.of(
        new DatasetConfig(
            name.get(), path.get(), every, selection, keeping, LimitReader.read(section)));
  }

  private static DatasetConfig.Selection selection(Section section) {
    List<String> exclude = globs(section, "exclude");
    List<String> include = globs(section, "include");
    if (exclude.isEmpty() && !include.isEmpty()) {
      section
          .find("include")
          .ifPresent(
              value ->
                  value.wrong(
                      "include says what is copied although exclude names it, and nothing is excluded",
                      "add exclude, or leave include out: everything is copied"));
    }
    return new DatasetConfig.Selection(exclude, include);
  }

  private static List<String> globs(Section section, String key) {
    return section.find(key).map(Value::items).orElse(List.of()).stream()
        .flatMap(item -> item.parsed(DatasetsReader::glob).stream())
        .toList();
  }

  private void alone(String name, Value nameValue, Path path, Value pathValue) {
    if (names.putIfAbsent(name, nameValue) != null) {
      nameValue.wrong("a second dataset is called '" + name + "'", "choose another name");
    }
    for (Path other : paths.keySet().stream().sorted().toList()) {
      if (path.startsWith(other) || other.startsWith(path)) {
        pathValue.wrong(
            path + " and " + other + " overlap: each file belongs to one dataset",
            "use exclude in the outer one or separate directories");
        return;
      }
    }
    paths.put(path, pathValue);
  }

  static Schedule schedule(Value value) {
    if (value.isMap()) {
      return value
          .section(List.of("every", "start", "cron", "zone"))
          .map(section -> section.has("cron") ? cron(section) : interval(section))
          .orElse(CONTINUOUS);
    }
    if (value.says("continuous")) {
      return CONTINUOUS;
    }
    return value
        .duration(SHORTEST, LONGEST)
        .<Schedule>map(interval -> new Schedule.Every(interval, LocalTime.MIDNIGHT))
        .orElse(CONTINUOUS);
  }

  private static Schedule interval(Section section) {
    section
        .find("zone")
        .ifPresent(zone -> zone.wrong("'zone' goes with 'cron'", "'start' is always UTC"));
    return new Schedule.Every(
        section
            .require("every", "10m")
            .flatMap(interval -> interval.duration(SHORTEST, LONGEST))
            .orElse(LONGEST),
        section
            .find("start")
            .flatMap(start -> start.parsed(DatasetsReader::time))
            .orElse(LocalTime.MIDNIGHT));
  }

  private static Schedule cron(Section section) {
    for (String other : List.of("every", "start")) {
      section
          .find(other)
          .ifPresent(
              value -> value.wrong("'" + other + "' and 'cron' exclude each other", "drop one"));
    }
    ZoneId zone =
        section
            .find("zone")
            .flatMap(value -> value.parsed(DatasetsReader::zone))
            .orElse(ZoneOffset.UTC);
    return section
        .require("cron", "\"0 3 * * *\"")
        .flatMap(value -> value.parsed(text -> CronTimes.parse(text, zone)))
        .<Schedule>map(Schedule.Cron::new)
        .orElse(CONTINUOUS);
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException unknown) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time zone; write UTC or such as Europe/Berlin", unknown);
    }
  }

  static LocalTime time(String text) {
    try {
      return LocalTime.parse(text);
    } catch (DateTimeParseException notATime) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a time of day; write hours and minutes in UTC: \"02:00\"",
          notATime);
    }
  }

  private static Path directory(String text) {
    Path path = Names.absolute(text);
    if (path.getNameCount() == 0) {
      throw new IllegalArgumentException("the whole file system cannot be a dataset");
    }
    return path;
  }

  private static String glob(String text) {
    if (text.startsWith("/")) {
      throw new IllegalArgumentException(
          "'" + text + "' starts with /; patterns are relative to the dataset's path");
    }
    try {
      FileSystems.getDefault().getPathMatcher("glob:" + text);
      return text;
    } catch (InvalidPathException | java.util.regex.PatternSyntaxException broken) {
      throw new IllegalArgumentException("'" + text + "' is not a pattern", broken);
    }
  }
}
