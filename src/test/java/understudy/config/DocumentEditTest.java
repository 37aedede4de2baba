package understudy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** One value changes in the text; everything that a person wrote around it stays. */
class DocumentEditTest {
  private static final String TEXT =
      """
      # the ledger, since 2019
      cluster: { name: ledger }
      failover:
        max-loss: 2m   # agreed with accounting
        heartbeat: { interval: 500ms, failures: 4 }
      datasets:
        - { name: files, path: /srv/ledger, every: continuous } # ünïcode
        - name: recordings
          path: /srv/recordings
          every: 10m
      """;

  @Test
  void aValueIsReplacedAndItsCommentStays() {
    assertThat(DocumentEdit.set(TEXT, "failover.max-loss", "30s"))
        .isEqualTo(TEXT.replace("max-loss: 2m ", "max-loss: 30s "));
  }

  @Test
  void aValueInsideOfBracesIsReplaced() {
    assertThat(DocumentEdit.set(TEXT, "failover.heartbeat.failures", "6"))
        .isEqualTo(TEXT.replace("failures: 4", "failures: 6"));
  }

  @Test
  void anEntryOfAListIsNamedByItsNameOrNumber() {
    String byName = DocumentEdit.set(TEXT, "datasets.recordings.every", "5m");
    String byNumber = DocumentEdit.set(TEXT, "datasets.1.every", "5m");

    assertThat(byName).isEqualTo(TEXT.replace("every: 10m", "every: 5m")).isEqualTo(byNumber);
  }

  @Test
  void aMissingKeyIsAddedWhereItBelongs() {
    assertThat(DocumentEdit.set(TEXT, "failover.primary-timeout", "5s"))
        .isEqualTo(TEXT.replace("  max-loss", "  primary-timeout: 5s\n  max-loss"));
    assertThat(DocumentEdit.set(TEXT, "datasets.files.exclude", "[cache]"))
        .isEqualTo(TEXT.replace("{ name: files", "{ exclude: [cache], name: files"));
    assertThat(DocumentEdit.set("cluster: { name: a }\n", "failover.failback.after", "10m"))
        .isEqualTo("failover: { failback: { after: 10m } }\ncluster: { name: a }\n");
  }

  @Test
  void whatHasPartsOfItsOwnIsNotOverwritten() {
    assertThatThrownBy(() -> DocumentEdit.set(TEXT, "failover", "none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name one of them");
    assertThatThrownBy(() -> DocumentEdit.set(TEXT, "failover.max-loss", "2m\nx: 1"))
        .hasMessageContaining("one line");
    assertThatThrownBy(() -> DocumentEdit.set(TEXT, "datasets.photos.every", "2m"))
        .hasMessageContaining("no 'photos'");
  }

  @Test
  void aDifferenceShowsTheChangedLinesOnly() {
    String after = TEXT.replace("max-loss: 2m ", "max-loss: 30s ") + "# end\n";

    assertThat(LineDiff.between(TEXT, after))
        .isEqualTo(
            List.of(
                "-   max-loss: 2m   # agreed with accounting",
                "+   max-loss: 30s   # agreed with accounting",
                "+ # end"));
    assertThat(LineDiff.between(TEXT, TEXT)).isEmpty();
  }
}
