package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir Path directory;

  @Test
  void numbersStartAtOneAndGoOnAfterTheHighestFound() throws Exception {
    try (Ledger ledger = Ledger.open(directory, "alpha", "r1")) {
      assertThat(ledger.append()).isEqualTo(1);
      assertThat(ledger.append()).isEqualTo(2);
    }
    try (Ledger ledger = Ledger.open(directory, "beta", "r2")) {
      assertThat(ledger.last()).isEqualTo(2);
      assertThat(ledger.append()).isEqualTo(3);
    }
    assertThat(Ledger.entriesIn(directory))
        .containsExactlyInAnyOrder(
            new WrittenNumber(1, "alpha", "r1"),
            new WrittenNumber(2, "alpha", "r1"),
            new WrittenNumber(3, "beta", "r2"));
  }

  @Test
  void aLastLineWithoutItsEndIsCutOff() throws Exception {
    Path file = directory.resolve(Ledger.FILE);
    for (String torn :
        new String[] {
          "8", "8 alp", "8 alpha r1", "8 alpha r1 and more than a line has", "\0\0\0\0"
        }) {
      Files.writeString(file, "7 alpha r1\n" + torn);
      assertThat(Ledger.entriesIn(directory)).containsExactly(new WrittenNumber(7, "alpha", "r1"));

      try (Ledger ledger = Ledger.open(directory, "alpha", "r2")) {
        assertThat(ledger.append()).isEqualTo(8);
      }

      assertThat(file).hasContent("7 alpha r1\n8 alpha r2\n");
    }
  }

  @Test
  void aLedgerOfOnlyATornLineStartsAgainAtOne() throws Exception {
    Files.writeString(directory.resolve(Ledger.FILE), "1 al");
    try (Ledger ledger = Ledger.open(directory, "alpha", "r2")) {
      assertThat(ledger.append()).isEqualTo(1);
    }
  }

  @Test
  void aFileThatIsNoLedgerIsRefusedAndLeftAsItIs() throws Exception {
    Path file = directory.resolve(Ledger.FILE);
    for (String content : new String[] {"shopping\n", "12\n", "x".repeat(5000)}) {
      Files.writeString(file, content);
      assertThatThrownBy(() -> Ledger.open(directory, "alpha", "r1"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file.toString());
      assertThat(file).hasContent(content);
    }
  }

  @Test
  void noLedgerHasNoEntries() throws Exception {
    assertThat(Ledger.entriesIn(directory)).isEmpty();
  }
}
