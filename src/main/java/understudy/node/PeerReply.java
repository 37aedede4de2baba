package understudy.node;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import understudy.api.DataViews;
import understudy.api.Views.HistoryRow;
import understudy.api.Views.Operation;
import understudy.store.DocumentStore;

/** What one daemon answers to a {@link PeerQuestion}. */
@Json
@Json.SubTypes({
  @Json.SubType(type = PeerReply.OfOperation.class, name = "operation"),
  @Json.SubType(type = PeerReply.OfDocument.class, name = "document"),
  @Json.SubType(type = PeerReply.OfHistory.class, name = "history"),
  @Json.SubType(type = PeerReply.OfData.class, name = "data"),
  @Json.SubType(type = PeerReply.Having.class, name = "have"),
  @Json.SubType(type = PeerReply.Called.class, name = "called")
})
sealed interface PeerReply {

  /** How an operation goes; null: there is none such. */
  record OfOperation(@Nullable Operation operation) implements PeerReply {}

  /**
   * The peer's document.
   *
   * @param text only when it was asked for
   * @param trouble why the document that was handed over does not hold there
   */
  record OfDocument(
      DocumentStore.Revision revision, @Nullable String text, @Nullable String trouble)
      implements PeerReply {}

  /** Rows of the history. */
  record OfHistory(List<HistoryRow> rows) implements PeerReply {}

  /** About data. */
  record OfData(DataViews.Answer answer) implements PeerReply {}

  /**
   * What the peer's machine has now.
   *
   * @param addresses of the shared ones
   * @param lines for each dataset that is copied one way, the generations from which its data come,
   *     newest first
   */
  record Having(List<String> addresses, Map<String, List<String>> lines) implements PeerReply {}

  /**
   * What users and groups are called there.
   *
   * @param names by words such as {@code user 890}; who is missing has no name
   */
  record Called(Map<String, String> names) implements PeerReply {}
}
