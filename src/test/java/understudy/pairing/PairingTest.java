package understudy.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.FreePort;
import understudy.config.Endpoint;
import understudy.config.NodeConfig;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.wire.Contact;
import understudy.wire.Dialer;
import understudy.wire.Identity;
import understudy.wire.Members;
import understudy.wire.PeerStream;
import understudy.wire.Release;
import understudy.wire.Tls;

/** Two machines on loopback, over the real server and real TLS. */
class PairingTest {
  private static final String SECRET_MODE = "rw-------";

  @TempDir Path alphaHome;
  @TempDir Path betaHome;
  @TempDir Path shared;
  private Path data;
  private TestNode alpha;
  private final TestNode.TurnableClock betaClock = new TestNode.TurnableClock();

  @BeforeEach
  void initialiseAlpha() throws Exception {
    // Both machines of this test have the same disk, so the copy's place is alpha's own directory.
    data = Files.createDirectory(shared.resolve("ledger"));
    alpha = TestNode.initialised(alphaHome, data);
  }

  @AfterEach
  void stopAlpha() {
    alpha.close();
  }

  @Test
  void aGoodInviteMakesTwoMachinesKnowEachOther() throws Exception {
    int port = FreePort.next();

    JoinOutcome outcome = Joining.join(plan(alpha.desk.invite(), port));

    assertThat(outcome).isInstanceOf(JoinOutcome.Joined.class);
    assertThat(((JoinOutcome.Joined) outcome).checks())
        .extracting(Check::result)
        .containsOnly("pass");
    Members betas = Members.load(betaHome.resolve("state")).orElseThrow();
    assertThat(betas.cluster()).isEqualTo(alpha.members.cluster());
    assertThat(betas.peers().getFirst().certificate()).isEqualTo(alpha.identity.certificate());
    assertThat(alpha.members.peers()).isEqualTo(alpha.joined);
    assertThat(alpha.joined.getFirst().addresses())
        .containsExactly(new Endpoint("127.0.0.1", port));
    assertThat(alpha.joined.getFirst().fingerprint())
        .isEqualTo(Identity.load(betaHome.resolve("state")).orElseThrow().fingerprint());
  }

  @Test
  void aJoinedMachineHasTheClusterDocumentTheUsersAndItsOwnSettings() throws Exception {
    String document = Files.readString(alphaHome.resolve("cluster.yaml")) + "# a person's note\n";
    Files.writeString(alphaHome.resolve("cluster.yaml"), document);

    join(alpha.desk.invite());

    assertThat(betaHome.resolve("cluster.yaml")).hasContent(document);
    assertThat(betaHome.resolve("state/users.json"))
        .hasSameTextualContentAs(alphaHome.resolve("state/users.json"));
    assertThat(betaHome.resolve("node.yaml")).content().contains("name: beta");
    for (String secret : List.of("identity.pem", "members.json", "users.json")) {
      assertThat(mode(betaHome.resolve("state").resolve(secret))).as(secret).isEqualTo(SECRET_MODE);
    }
  }

  @Test
  void thePrivateKeyNeverLeavesItsMachine() throws Exception {
    join(alpha.desk.invite());

    String key = Files.readString(betaHome.resolve("state/identity.pem")).lines().toList().get(1);
    assertThat(TestNode.snapshot(alphaHome)).noneMatch(file -> file.contains(key));
  }

  @Test
  void anInviteIsGoodOnce() throws Exception {
    Invite invite = alpha.desk.invite();
    join(invite);
    clearBeta();

    assertRefused("used-invite", Joining.join(plan(invite, FreePort.next(), "gamma")));
    assertThat(alpha.members.peers()).hasSize(1);
  }

  @Test
  void anInviteExpiresAfterFifteenMinutes() throws Exception {
    Invite invite = alpha.desk.invite();
    alpha.clock.pass(Duration.ofMinutes(15).plusSeconds(1));

    assertRefused("expired-invite", Joining.join(plan(invite, FreePort.next())));
    assertNothingChanged();
  }

  @Test
  void aWrongSecretIsRefusedAndTheFifthVoidsTheInvite() throws Exception {
    Invite invite = alpha.desk.invite();
    Invite guessed = withSecret(invite, "00".repeat(32));
    for (int i = 0; i < 5; i++) {
      assertRefused("wrong-invite", Joining.join(plan(guessed, FreePort.next())));
    }

    assertRefused("too-many-tries", Joining.join(plan(invite, FreePort.next())));
    assertNothingChanged();
  }

  @Test
  void anInviteThatThisNodeDidNotGiveIsUnknown() throws Exception {
    Invite invite = alpha.desk.invite();
    Invite foreign =
        new Invite(
            "0123456789abcdef",
            invite.secret(),
            invite.fingerprint(),
            invite.cluster(),
            invite.addresses(),
            invite.expires());

    assertRefused("unknown-invite", Joining.join(plan(foreign, FreePort.next())));
  }

  @Test
  void aGarbledLineIsNoticedBeforeAnythingIsTried() {
    String line = alpha.desk.invite().line();

    assertThat(Invite.parse("  " + line + "\n").line()).isEqualTo(line);
    List<String> garbled = new ArrayList<>();
    garbled.add(line.substring(0, line.length() - 1));
    garbled.add(line.substring(0, 40));
    garbled.add("understudy:");
    garbled.add(line.replace("understudy:", "understudy:A"));
    garbled.add(line.substring(0, 60) + "\u00e9" + line.substring(61));
    garbled.add("hello");
    for (String text : garbled) {
      assertThatThrownBy(() -> Invite.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("invite");
    }
  }

  @Test
  void anotherReleaseIsRefused() throws Exception {
    JoinPlan usual = plan(alpha.desk.invite(), FreePort.next());
    JoinPlan other =
        new JoinPlan(
            usual.invite(),
            usual.config(),
            usual.addresses(),
            usual.nodeFile(),
            usual.clusterFile(),
            usual.usersFile(),
            true,
            false,
            new Release("0.0.9"),
            usual.limit(),
            usual.clock());

    assertUnfit("versions", Joining.join(other));
    assertNothingChanged();
  }

  @Test
  void aMachineThatGoesOnDespiteAFailedCheckIsNotLetIn() throws Exception {
    Invite invite = alpha.desk.invite();
    int port = FreePort.next();
    Identity beta = Identity.create(new NodeName("beta"), List.of());
    try (AnsweringPort answering =
            AnsweringPort.open(new Endpoint("127.0.0.1", port), beta, invite.secret());
        PeerStream stream = pairingStream(beta)) {
      assertThat(answering.port()).isEqualTo(port);
      Messages.send(
          stream,
          Messages.Ask.class,
          new Messages.Ask(
              invite.id(),
              invite.secret(),
              "beta",
              "secondary",
              "0.0.9",
              Instant.now().toEpochMilli(),
              List.of("127.0.0.1:" + port),
              List.of()));
      assertThat(Messages.receive(stream, Messages.Offer.class).refusal()).isNull();
      Messages.send(stream, Messages.Facts.class, new Messages.Facts(List.of()));
      assertThat(Messages.receive(stream, Messages.Verdict.class).checks())
          .anyMatch(Check::isFailed);
      Messages.send(stream, Messages.Decision.class, new Messages.Decision(true));

      assertThatThrownBy(() -> Messages.receive(stream, Messages.Welcome.class))
          .isInstanceOf(IOException.class);
    }
    assertThat(alpha.members.peers()).isEmpty();
  }

  private PeerStream pairingStream(Identity identity) {
    return ((Contact.Open)
            new Dialer(identity, TestNode.LIMIT)
                .dial(
                    new Endpoint("127.0.0.1", alpha.server.port()),
                    alpha.identity.fingerprint(),
                    Tls.PAIRING_PROTOCOL))
        .stream();
  }

  @Test
  void aClockThatIsOffByMinutesIsRefusedAndOneOffBySecondsIsNamed() throws Exception {
    betaClock.setWrongBy(Duration.ofMinutes(-7));
    Check tooFar = assertUnfit("clocks", Joining.join(plan(alpha.desk.invite(), FreePort.next())));
    assertThat(tooFar.evidence()).isEqualTo("beta's clock is 7 min behind alpha's");
    assertNothingChanged();

    betaClock.setWrongBy(Duration.ofSeconds(5));
    JoinOutcome outcome = Joining.join(plan(alpha.desk.invite(), FreePort.next()));
    assertThat(((JoinOutcome.Joined) outcome).checks())
        .filteredOn(check -> check.name().equals("clocks"))
        .extracting(Check::result)
        .containsExactly("warn");
  }

  @Test
  void aClockFarAheadIsNotMistakenForAnExpiredInvite() throws Exception {
    betaClock.setWrongBy(Duration.ofMinutes(20));

    assertUnfit("clocks", Joining.join(plan(alpha.desk.invite(), FreePort.next())));
  }

  @Test
  void dataOnTheTargetIsReplacedOnlyWithConsent() throws Exception {
    Files.writeString(data.resolve("invoice-1"), "0123456789");

    JoinOutcome without =
        Joining.join(plan(alpha.desk.invite(), FreePort.next(), "beta", false, false));
    Check check = assertUnfit("data ledger", without);
    assertThat(check.evidence()).isEqualTo(data + " is not empty: 1 file, 10 B");
    assertThat(check.fix()).contains("--replace-data").contains("7 days");
    assertThat(((JoinOutcome.Unfit) without).plan())
        .containsExactly(
            "alpha → beta: beta's "
                + data
                + " (1 file, 10 B) will be replaced by alpha's (1 file, 10 B); what is there now"
                + " stays restorable for 7 days");
    assertNothingChanged();

    JoinOutcome with =
        Joining.join(plan(alpha.desk.invite(), FreePort.next(), "beta", true, false));
    assertThat(with).isInstanceOf(JoinOutcome.Joined.class);
    assertThat(data.resolve("invoice-1")).hasContent("0123456789");
  }

  @Test
  void aRehearsalChangesNothingAndDoesNotUseTheInviteUp() throws Exception {
    Invite invite = alpha.desk.invite();

    assertThat(Joining.join(plan(invite, FreePort.next(), "beta", true, true)))
        .isInstanceOf(JoinOutcome.Rehearsed.class);
    assertNothingChanged();
    join(invite);
  }

  @Test
  void aMachineThatCannotBeReachedBackIsRefused() throws Exception {
    int listening = FreePort.next();
    JoinPlan usual = plan(alpha.desk.invite(), listening);
    JoinPlan hidden =
        new JoinPlan(
            usual.invite(),
            usual.config(),
            List.of(new Endpoint("127.0.0.1", FreePort.next())),
            usual.nodeFile(),
            usual.clusterFile(),
            usual.usersFile(),
            true,
            false,
            usual.release(),
            usual.limit(),
            usual.clock());

    Check check = assertUnfit("reach beta", Joining.join(hidden));

    assertThat(check.evidence()).startsWith("refused: 127.0.0.1:");
    assertThat(check.fix()).contains("(TCP and UDP) on beta");
    assertNothingChanged();
  }

  @Test
  void anAddressThatLeadsToAnotherMachineIsAWrongCertificate() throws Exception {
    JoinPlan usual = plan(alpha.desk.invite(), FreePort.next());
    JoinPlan elsewhere =
        new JoinPlan(
            usual.invite(),
            usual.config(),
            List.of(new Endpoint("127.0.0.1", alpha.server.port())),
            usual.nodeFile(),
            usual.clusterFile(),
            usual.usersFile(),
            true,
            false,
            usual.release(),
            usual.limit(),
            usual.clock());

    assertThat(assertUnfit("reach beta", Joining.join(elsewhere)).evidence())
        .startsWith("wrong certificate");
  }

  @Test
  void aPortInUseIsNamedWithItsOwner() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      JoinOutcome outcome = Joining.join(plan(alpha.desk.invite(), taken.getLocalPort()));

      assertRefused("port-in-use", outcome);
      assertThat(((JoinOutcome.Refused) outcome).message())
          .contains("port " + taken.getLocalPort() + " is in use")
          .contains("(process " + ProcessHandle.current().pid() + ")");
    }
  }

  @Test
  void somebodyInBetweenIsNoticedBeforeTheSecretIsSaid(@TempDir Path malloryHome) throws Exception {
    try (TestNode mallory = TestNode.initialised(malloryHome, data)) {
      Invite invite = alpha.desk.invite();
      Invite redirected =
          new Invite(
              invite.id(),
              invite.secret(),
              invite.fingerprint(),
              invite.cluster(),
              List.of(new Endpoint("127.0.0.1", mallory.server.port())),
              invite.expires());

      JoinOutcome outcome = Joining.join(plan(redirected, FreePort.next()));

      assertThat(outcome).isInstanceOf(JoinOutcome.NotReached.class);
      assertThat(((JoinOutcome.NotReached) outcome).message()).contains("wrong certificate");
      assertNothingChanged();
    }
  }

  @Test
  void aNameThatIsTakenIsRefused() throws Exception {
    assertRefused("name-taken", Joining.join(plan(alpha.desk.invite(), FreePort.next(), "alpha")));
    join(alpha.desk.invite());
    clearBeta();
    assertRefused("name-taken", Joining.join(plan(alpha.desk.invite(), FreePort.next(), "beta")));
  }

  @Test
  void aMachineThatIsPairedAlreadyIsRefused() throws Exception {
    join(alpha.desk.invite());

    assertRefused("already-paired", Joining.join(plan(alpha.desk.invite(), FreePort.next())));
  }

  @Test
  void aSecondPrimaryIsRefused() throws Exception {
    JoinPlan usual = plan(alpha.desk.invite(), FreePort.next());
    NodeConfig config =
        TestNode.config(betaHome, "beta", Designation.PRIMARY, usual.config().listen().port());
    JoinPlan primary =
        new JoinPlan(
            usual.invite(),
            config,
            usual.addresses(),
            usual.nodeFile(),
            usual.clusterFile(),
            usual.usersFile(),
            true,
            false,
            usual.release(),
            usual.limit(),
            usual.clock());

    assertUnfit("designation", Joining.join(primary));
  }

  @Test
  void aMachineThatCannotStoreTheFilesStaysAsItWasAndIsNoMember() throws Exception {
    Files.createDirectories(betaHome.resolve("cluster.yaml/in-the-way"));

    JoinOutcome outcome = Joining.join(plan(alpha.desk.invite(), FreePort.next()));

    assertThat(outcome).isInstanceOf(JoinOutcome.NotReached.class);
    assertThat(TestNode.snapshot(betaHome)).isEmpty();
    assertThat(alpha.members.peers()).isEmpty();
  }

  @Test
  void anInviterThatCannotStoreTheMemberLeavesBothSidesAsTheyWere() throws Exception {
    Path inTheWay = alphaHome.resolve("state/.members.json.new/full");
    Files.createDirectories(inTheWay);

    JoinOutcome outcome = Joining.join(plan(alpha.desk.invite(), FreePort.next()));

    assertThat(outcome).isInstanceOf(JoinOutcome.NotReached.class);
    assertNothingChanged();
  }

  @Test
  void bothDirectionsAreTestedAndNamed() throws Exception {
    try (TestNode beta = joined()) {
      assertThat(alpha.desk.test())
          .extracting(row -> row.from() + " → " + row.to() + ": " + row.outcome())
          .containsExactly("alpha → beta: reached", "beta → alpha: reached");
      beta.members.remove(new NodeName("alpha"));
      assertThat(alpha.desk.test())
          .extracting(ReachRow::outcome)
          .containsExactly("not a member", "not checked");
    }
    assertThat(alpha.desk.test())
        .extracting(ReachRow::outcome)
        .containsExactly("refused", "not checked");
  }

  @Test
  void leavingMakesBothSidesStandaloneAndKeepsTheData() throws Exception {
    Files.writeString(data.resolve("invoice-1"), "kept");
    try (TestNode beta = joined()) {
      assertThat(beta.desk.whatLeavingMeans()).hasSize(2);

      PairingDesk.Left left = beta.desk.leave();

      assertThat(left.allTold()).isTrue();
      assertThat(alpha.members.peers()).isEmpty();
      assertThat(beta.members.peers()).isEmpty();
      assertThat(beta.members.cluster()).isNotEqualTo(alpha.members.cluster());
      assertThat(alpha.left).containsExactly(new NodeName("beta"));
      assertThat(beta.left).containsExactly(new NodeName("alpha"));
      assertThat(data.resolve("invoice-1")).hasContent("kept");
    }
  }

  @Test
  void leavingWorksAlsoWhenThePeerCannotBeTold() throws Exception {
    joined().close();

    PairingDesk.Left left = alpha.desk.leave();

    assertThat(left.allTold()).isFalse();
    assertThat(left.steps().getFirst()).contains("run understudy pair leave there, too");
    assertThat(alpha.members.peers()).isEmpty();
  }

  @Test
  void aMachineCanJoinAgainAfterItLeft() throws Exception {
    try (TestNode beta = joined()) {
      beta.desk.leave();
    }

    assertThat(Joining.join(plan(alpha.desk.invite(), FreePort.next())))
        .isInstanceOf(JoinOutcome.Joined.class);
  }

  @Test
  void initialisingTwiceIsRefused() throws Exception {
    List<String> before = TestNode.snapshot(alphaHome.resolve("state"));

    assertThatThrownBy(() -> TestNode.initialised(alphaHome, data))
        .hasMessageContaining("initialised already");
    assertThat(TestNode.snapshot(alphaHome.resolve("state"))).isEqualTo(before);
  }

  private TestNode joined() throws Exception {
    int port = FreePort.next();
    JoinPlan plan = plan(alpha.desk.invite(), port);
    assertThat(Joining.join(plan)).isInstanceOf(JoinOutcome.Joined.class);
    return TestNode.started(betaHome, plan.config());
  }

  private void join(Invite invite) throws Exception {
    assertThat(Joining.join(plan(invite, FreePort.next()))).isInstanceOf(JoinOutcome.Joined.class);
  }

  private JoinPlan plan(Invite invite, int port) {
    return plan(invite, port, "beta");
  }

  private JoinPlan plan(Invite invite, int port, String name) {
    return plan(invite, port, name, true, false);
  }

  private JoinPlan plan(
      Invite invite, int port, String name, boolean mayReplace, boolean isRehearsal) {
    NodeConfig config = TestNode.config(betaHome, name, Designation.SECONDARY, port);
    return new JoinPlan(
        invite,
        config,
        List.of(new Endpoint("127.0.0.1", port)),
        betaHome.resolve("node.yaml"),
        betaHome.resolve("cluster.yaml"),
        config.state().resolve("users.json"),
        mayReplace,
        isRehearsal,
        Release.current(),
        TestNode.LIMIT,
        betaClock);
  }

  private static Invite withSecret(Invite invite, String secret) {
    return new Invite(
        invite.id(),
        secret,
        invite.fingerprint(),
        invite.cluster(),
        invite.addresses(),
        Instant.now().plusSeconds(60));
  }

  private static void assertRefused(String code, JoinOutcome outcome) {
    assertThat(outcome).isInstanceOf(JoinOutcome.Refused.class);
    assertThat(((JoinOutcome.Refused) outcome).code()).isEqualTo(code);
  }

  private static Check assertUnfit(String name, JoinOutcome outcome) {
    assertThat(outcome).isInstanceOf(JoinOutcome.Unfit.class);
    List<Check> failed =
        ((JoinOutcome.Unfit) outcome).checks().stream().filter(Check::isFailed).toList();
    assertThat(failed).extracting(Check::name).containsExactly(name);
    return failed.getFirst();
  }

  private void assertNothingChanged() throws Exception {
    assertThat(TestNode.snapshot(betaHome)).isEmpty();
    assertThat(alpha.members.peers()).isEmpty();
    assertThat(alpha.joined).isEmpty();
  }

  private void clearBeta() throws Exception {
    try (var walk = Files.walk(betaHome)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
