package understudy.sync;

import understudy.config.DatasetConfig;
import understudy.sync.plan.SyncSchedule;

/** What a configured schedule means in time. */
public final class Schedules {
  private Schedules() {}

  public static SyncSchedule of(DatasetConfig.Schedule configured) {
    return switch (configured) {
      case DatasetConfig.Schedule.Continuous continuous ->
          new SyncSchedule.Continuous(continuous.atMostEvery());
      case DatasetConfig.Schedule.Every every ->
          new SyncSchedule.Every(every.interval(), every.start());
      case DatasetConfig.Schedule.Cron cron -> new SyncSchedule.Cron(cron.times());
    };
  }
}
