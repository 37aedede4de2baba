package understudy.cli;

import java.util.function.Function;

/**
 * A word that the program understands.
 *
 * @param command makes the picocli-annotated command; asked only when the word is used, because
 *     reading annotations is what costs time at start
 */
public record Verb(String name, Function<Invocation, Object> command) {

  /** Verbs that a command line talks to a daemon with, or that need none. */
  static final java.util.List<Verb> OWN =
      java.util.List.of(
          new Verb("status", StatusCommand::new),
          new Verb("ready", ReadyCommand::new),
          new Verb("history", HistoryCommand::new),
          new Verb("explain", ExplainCommand::new),
          new Verb("lag", LagCommand::new),
          new Verb("nodes", NodesCommand::new),
          new Verb("is", IsCommand::new),
          new Verb("switchover", SwitchoverCommand::new),
          new Verb("promote", PromoteCommand::new),
          new Verb("demote", DemoteCommand::new),
          new Verb("failback", FailbackCommand::new),
          new Verb("pause", PauseCommand::new),
          new Verb("pin", PinCommand::new),
          new Verb("resume", ResumeCommand::new),
          new Verb("cancel", CancelCommand::new),
          new Verb("clients", ClientsCommand::new),
          new Verb("resolve", ResolveCommand::new),
          new Verb("drill", DrillCommand::new),
          new Verb("sync", SyncCommand::new),
          new Verb("salvage", SalvageCommand::new),
          new Verb("excluded", ExcludedCommand::new),
          new Verb("init", InitCommand::new),
          new Verb("pair", PairCommand::new),
          new Verb("config", ConfigCommand::new),
          new Verb("completion", CompletionCommand::new),
          new Verb("version", VersionCommand::new));
}
