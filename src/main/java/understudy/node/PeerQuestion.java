package understudy.node;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.api.DataAction;
import understudy.api.DataQuestion;
import understudy.store.DocumentStore;
import understudy.store.DrillStore;

/** What one daemon asks another. */
@Json
@Json.SubTypes({
  @Json.SubType(type = PeerQuestion.ToAct.class, name = "act"),
  @Json.SubType(type = PeerQuestion.ToRespectPin.class, name = "pinned"),
  @Json.SubType(type = PeerQuestion.AboutOperation.class, name = "operation"),
  @Json.SubType(type = PeerQuestion.AboutDocument.class, name = "document"),
  @Json.SubType(type = PeerQuestion.AboutHistory.class, name = "history"),
  @Json.SubType(type = PeerQuestion.ToNoteDrill.class, name = "drill"),
  @Json.SubType(type = PeerQuestion.AboutData.class, name = "data"),
  @Json.SubType(type = PeerQuestion.ToActOnData.class, name = "data-act"),
  @Json.SubType(type = PeerQuestion.WhatYouHave.class, name = "have"),
  @Json.SubType(type = PeerQuestion.WhoIs.class, name = "who")
})
sealed interface PeerQuestion {

  /**
   * Take this action.
   *
   * @param key the same again is answered with the first operation
   */
  record ToAct(Action action, String by, @Nullable String key) implements PeerQuestion {
    static ToAct of(Action action, String by, Optional<String> key) {
      return new ToAct(action, by, key.orElse(null));
    }
  }

  /**
   * The service of the one who asks outlives its daemon: do not take over.
   *
   * @param seconds for so long; 0: that is over
   */
  record ToRespectPin(long seconds) implements PeerQuestion {}

  /** How does this operation go? */
  record AboutOperation(String id) implements PeerQuestion {}

  /**
   * About the cluster document.
   *
   * @param wish what the peer shall do
   * @param text the document to check or take
   * @param revision of that document
   */
  record AboutDocument(Wish wish, @Nullable String text, DocumentStore.@Nullable Revision revision)
      implements PeerQuestion {}

  /** What may be asked about the cluster document. */
  enum Wish {
    /** Say which revision you have. */
    REVISION,
    /** Send yours. */
    SEND,
    /** Would this one hold on your machine? */
    CHECK,
    /** Take this one. */
    TAKE
  }

  /**
   * About the peer's history: one row by its id, or all of a time by the peer's wall clock with the
   * last row before it. Of too many rows those nearest to the middle of that time are told.
   */
  record AboutHistory(@Nullable Long row, @Nullable Instant from, @Nullable Instant to)
      implements PeerQuestion {}

  /** Remember this drill. */
  record ToNoteDrill(DrillStore.Drill drill) implements PeerQuestion {}

  /** About data: looking at kept content means reading directories. */
  record AboutData(DataQuestion question) implements PeerQuestion {}

  /** Do this with your data. */
  record ToActOnData(DataAction deed, String by, @Nullable String key) implements PeerQuestion {}

  /** Which shared addresses has your machine now, and where do your data come from? */
  record WhatYouHave(boolean now) implements PeerQuestion {}

  /** What are these users and groups called on your machine? */
  record WhoIs(List<Long> users, List<Long> groups) implements PeerQuestion {}
}
