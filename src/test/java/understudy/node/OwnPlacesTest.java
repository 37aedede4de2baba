package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnPlacesTest {
  @TempDir Path directory;
  private Path state;
  private OwnPlaces own;

  @BeforeEach
  void make() throws IOException {
    state = Files.createDirectories(directory.resolve("lib/state"));
    own = new OwnPlaces(List.of(state, directory.resolve("not-there")));
  }

  @Test
  void whatLiesElsewhereIsNotTouched() throws Exception {
    assertThat(own.touchedBy(directory.resolve("lib/other/new"))).isEmpty();
    assertThat(own.touchedBy(directory.resolve("lib/state-of-something"))).isEmpty();
  }

  @Test
  void theDirectoryWhatIsInItAndWhatContainsItAreTouched() throws Exception {
    assertThat(own.touchedBy(state)).contains(state);
    assertThat(own.touchedBy(state.resolve("new/users.json"))).contains(state);
    assertThat(own.touchedBy(directory.resolve("lib"))).contains(state);
    assertThat(own.touchedBy(directory.resolve("lib/x/../state/users.json"))).contains(state);
    assertThat(own.touchedBy(directory.resolve("not-there/cluster.yaml")))
        .contains(directory.resolve("not-there"));
  }

  @Test
  void aSymbolicLinkIsFollowed() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), state);

    assertThat(own.touchedBy(link.resolve("users.json"))).contains(state);
  }
}
