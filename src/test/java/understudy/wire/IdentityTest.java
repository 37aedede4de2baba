package understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.NodeName;

class IdentityTest {
  private static final NodeName ALPHA = new NodeName("alpha");

  @TempDir Path state;

  @Test
  void isTheSameAfterARestartAndReadableByItsOwnerOnly() throws Exception {
    Identity made = Identity.create(ALPHA, List.of("10.0.0.11", "fd00::11", "alpha.example.net"));
    made.save(state);

    Identity loaded = Identity.load(state).orElseThrow();

    assertThat(loaded.fingerprint()).isEqualTo(made.fingerprint());
    assertThat(loaded.key()).isEqualTo(made.key());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Identity.file(state))))
        .isEqualTo("rw-------");
  }

  @Test
  void namesTheNodeAndHowItIsReached() throws Exception {
    Identity made = Identity.create(ALPHA, List.of("10.0.0.11", "fd00::11", "alpha.example.net"));

    made.certificate().verify(made.certificate().getPublicKey());
    assertThat(made.certificate().getSubjectX500Principal().getName())
        .isEqualTo("O=Understudy,CN=alpha");
    assertThat(made.certificate().getSubjectAlternativeNames())
        .extracting(name -> (Object) name.get(1))
        .containsExactly("alpha", "10.0.0.11", "fd00:0:0:0:0:0:0:11", "alpha.example.net");
  }

  @Test
  void saysWhatToDoWhenItsFileIsDamaged() throws IOException {
    Files.writeString(Identity.file(state), "-----BEGIN PRIVATE KEY-----\nAAAA\n");

    assertThatThrownBy(() -> Identity.load(state))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("identity.pem is damaged");
  }

  @Test
  void membersAreTheSameAfterARestart() throws Exception {
    Member beta = member("beta");
    Members made = Members.create(state, ClusterSecret.random(), List.of());
    made.add(member("beta"));
    made.add(beta);

    Members loaded = Members.load(state).orElseThrow();

    assertThat(loaded.peers()).containsExactly(beta);
    assertThat(loaded.cluster()).isEqualTo(made.cluster());
    assertThat(loaded.presenting(beta.certificate())).contains(beta);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Members.file(state))))
        .isEqualTo("rw-------");
  }

  @Test
  void leavingForgetsEveryNodeAndTheSecret() throws Exception {
    Members members = Members.create(state, ClusterSecret.random(), List.of(member("beta")));
    ClusterSecret before = members.cluster();

    members.leave();

    assertThat(Members.load(state).orElseThrow().peers()).isEmpty();
    assertThat(Members.load(state).orElseThrow().cluster()).isNotEqualTo(before);
  }

  @Test
  void aDamagedMemberListIsReportedNotReplaced() throws IOException {
    Files.writeString(Members.file(state), "{\"cluster\":\"00\",");

    assertThatThrownBy(() -> Members.load(state))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("members.json is damaged");
  }

  private static Member member(String name) {
    NodeName node = new NodeName(name);
    return new Member(
        node,
        Designation.SECONDARY,
        Identity.create(node, List.of()).certificate(),
        List.of(new Endpoint("10.0.0.12", 7443), new Endpoint("fd00::12", 7443)),
        List.of("10.0.1.12"));
  }
}
