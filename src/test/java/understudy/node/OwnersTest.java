package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.start;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.api.Views;
import understudy.failover.NodeName;
import understudy.linux.Account;
import understudy.linux.AccountNames;
import understudy.wire.ReceivedJson;

/** Whether two nodes know the owners of data by the same names. */
class OwnersTest {
  private static final NodeName ALPHA = new NodeName("alpha");
  private static final Account LEDGER = Account.user(890);
  private static final Account STAFF = Account.group(50);
  private static final String FIX =
      "give each user and group the same number on both nodes: see Owners in docs/operate";

  @TempDir Path directory;

  private static SortedMap<Account, SortedSet<String>> owning(Account... owners) {
    var all = new TreeMap<Account, SortedSet<String>>();
    for (Account owner : owners) {
      all.put(owner, new TreeSet<>(List.of("files")));
    }
    return all;
  }

  private static OwnerFinding warning(String name, String evidence) {
    return new OwnerFinding(name, OwnerFinding.Result.WARN, evidence, Optional.of(FIX));
  }

  @Test
  void equalNamesAndNoNameOnEitherSideAreOneLineThatPasses() {
    var findings =
        OwnerFinding.compare(
            ALPHA,
            owning(LEDGER, STAFF, Account.user(77)),
            Map.of(LEDGER, "ledger", STAFF, "staff"),
            Map.of(LEDGER, "ledger", STAFF, "staff"));

    assertThat(findings)
        .containsExactly(
            new OwnerFinding(
                "owners on alpha",
                OwnerFinding.Result.PASS,
                "3 users and groups of the data have the same names there",
                Optional.empty()));
  }

  @Test
  void everyNumberWithOtherNamesIsAWarningAndWhatAgreesIsNotTold() {
    var owners = owning(LEDGER, STAFF, Account.user(0), Account.group(890));
    owners.put(LEDGER, new TreeSet<>(List.of("files", "mail")));

    var findings =
        OwnerFinding.compare(
            ALPHA,
            owners,
            Map.of(STAFF, "staff", Account.user(0), "root", Account.group(890), "postfix"),
            Map.of(LEDGER, "ledger", Account.user(0), "root", Account.group(890), "ledger"));

    assertThat(findings)
        .containsExactly(
            warning(
                "user 890 of files, mail, here and on alpha",
                "user 890 is ledger on alpha and nobody here"),
            warning(
                "group 50 of files, here and on alpha",
                "group 50 is nobody on alpha and staff here"),
            warning(
                "group 890 of files, here and on alpha",
                "group 890 is ledger on alpha and postfix here"));
  }

  @Test
  void ofManyDifferencesTheFirstAreToldAndTheRestCounted() {
    Account[] many = LongStream.range(1000, 1020).mapToObj(Account::user).toArray(Account[]::new);
    var there = new TreeMap<Account, String>();
    for (Account one : many) {
      there.put(one, "someone");
    }

    var findings = OwnerFinding.compare(ALPHA, owning(many), Map.of(), there);

    assertThat(findings).hasSize(OwnerFinding.MOST_TOLD + 1);
    assertThat(findings.getLast())
        .isEqualTo(warning("owners on alpha", "12 more users and groups have other names there"));
  }

  @Test
  void ofAnAnswerOnlyWhatWasAskedCountsWithoutStrangeCharactersAndCutOff() {
    var reply =
        new PeerReply.Called(
            Map.of(
                "user 890", "led\u001b[2Jger\n\u202e",
                "group 50", "x".repeat(100_000),
                "user 7", "",
                "user 1", "not asked",
                "nonsense", "root"));

    assertThat(OwnerNames.heard(List.of(LEDGER, STAFF, Account.user(7)), reply))
        .containsExactly(
            entry(LEDGER, "led??2Jger??"), entry(STAFF, "x".repeat(OwnerNames.LONGEST)));
  }

  @Test
  void anAnswerFromTheNamesOfAMachineIsUnderstoodByWhoAsked() throws Exception {
    Files.writeString(
        directory.resolve("passwd"),
        """
        # a comment
        root:x:0:0:root:/root:/bin/bash
        toor:x:0:0:second name of one number:/root:/bin/bash
        ledger:x:890:890::/srv/ledger:/usr/sbin/nologin
        absurd:x:9999999999:0::/:/bin/false
        +::::::
        """);
    Files.writeString(directory.resolve("group"), "staff:x:50:a,b\nroot:x:0:\nbroken\n");
    var asked = List.of(Account.user(0), LEDGER, Account.user(891), Account.group(0), STAFF);

    var reply = OwnerNames.answer(OwnerNames.question(asked), new AccountNames(directory));

    assertThat(OwnerNames.heard(asked, reply))
        .containsExactly(
            entry(Account.user(0), "root"),
            entry(LEDGER, "ledger"),
            entry(Account.group(0), "root"),
            entry(STAFF, "staff"));
  }

  @Test
  void aQuestionAboutTooManyOrImpossibleNumbersIsRefused() {
    var names = AccountNames.here();
    var many = Collections.nCopies(OwnerNames.MOST + 1, 890L);
    assertThatThrownBy(() -> OwnerNames.answer(new PeerQuestion.WhoIs(many, List.of()), names))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 64");
    assertThatThrownBy(
            () -> OwnerNames.answer(new PeerQuestion.WhoIs(List.of(), List.of(-1L)), names))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void questionsAndAnswersThatLackPartsNeverBreakTheOneWhoReadsThem() {
    var question = Jsonb.instance().type(PeerQuestion.class);
    var reply = Jsonb.instance().type(PeerReply.class);
    for (String asked :
        List.of(
            "{\"@type\":\"who\"}",
            "{\"@type\":\"who\",\"users\":null,\"groups\":null}",
            "{\"@type\":\"who\",\"users\":[\"x\"],\"groups\":[]}",
            "{\"@type\":\"who\",\"users\":[null],\"groups\":[1e30]}",
            "{\"@type\":\"who\",\"users\":[[]]}")) {
      assertThatThrownBy(
              () -> {
                var who = (PeerQuestion.WhoIs) ReceivedJson.read(question, asked);
                OwnerNames.answer(ReceivedJson.whole(who), AccountNames.here());
              })
          .as(asked)
          .isInstanceOf(IOException.class);
    }
    for (String told :
        List.of("{\"@type\":\"called\"}", "{\"@type\":\"called\",\"names\":{\"user 890\":[1]}}")) {
      assertThatThrownBy(
              () -> {
                var called = (PeerReply.Called) ReceivedJson.read(reply, told);
                OwnerNames.heard(List.of(LEDGER), ReceivedJson.whole(called));
              })
          .as(told)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void bothNodesOfAPairCompareTheOwnersOfTheirData() throws Exception {
    var pair =
        new PreparedPair(
            directory,
            """
            failover: { profile: fast }
            datasets:
              - { name: files, path: DATA, every: continuous }
            """);
    Files.writeString(pair.alpha.data().resolve("ledger"), "one\n");
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("alpha has compared", () -> compared(alpha, "beta"));
        await("beta has compared", () -> compared(beta, "alpha"));
      }
    }
  }

  private static boolean compared(Node node, String peer) {
    return node.front().readiness().checks().stream()
        .filter(check -> check.name().equals("owners on " + peer))
        .map(Views.Check::result)
        .anyMatch("pass"::equals);
  }
}
