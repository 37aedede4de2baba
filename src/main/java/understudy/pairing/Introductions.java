package understudy.pairing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Designation;
import understudy.pairing.Messages.Done;
import understudy.pairing.Messages.Order;
import understudy.pairing.Messages.Refusal;
import understudy.wire.Member;
import understudy.wire.MembersDocument;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Reach;

/**
 * Tells the other members of a new one. All of them know it, or nobody does: voters who count
 * different members could make two majorities.
 */
final class Introductions {
  static final String ENTER = "enter";
  static final String EXPEL = "expel";
  private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);

  private final DeskParts parts;
  private final PeerConnector connector;
  private final Revocations revocations;

  Introductions(DeskParts parts, PeerConnector connector, Revocations revocations) {
    this.revocations = revocations;
    this.parts = parts;
    this.connector = connector;
  }

  /** One check for each other member, which has to be told. */
  List<Check> reachable() {
    List<Check> checks = new ArrayList<>();
    owed().ifPresent(checks::add);
    parts
        .members()
        .newcomer()
        .ifPresent(
            name ->
                checks.add(
                    Check.fail(
                        "one at a time",
                        parts.name().value(),
                        name + " has joined and was not heard yet",
                        "start the daemon on "
                            + name
                            + ", or let it leave: understudy pair leave")));
    for (Member peer : parts.members().peers()) {
      Reach reach = connector.connect(peer, Purpose.PAIRING);
      String name = "tell " + peer.name();
      if (reach instanceof Reach.Reached reached) {
        reached.connection().close();
        checks.add(Check.pass(name, parts.name().value(), peer.name() + " can be told"));
      } else {
        checks.add(
            Check.fail(
                name,
                parts.name().value(),
                reach.sentence(),
                "every member must know the new one: start " + peer.name()));
      }
    }
    return checks;
  }

  private Optional<Check> owed() {
    try {
      return revocations
          .owed()
          .map(
              owed ->
                  Check.fail(
                      "one at a time",
                      parts.name().value(),
                      owed.sentence(),
                      "start it; it is told within seconds"));
    } catch (IOException damaged) {
      return Optional.of(
          Check.fail(
              "one at a time",
              parts.name().value(),
              String.valueOf(damaged.getMessage()),
              "delete it once every member has forgotten who was removed"));
    }
  }

  /** Tells all others; when one cannot be told, those told before forget it again. */
  Optional<Refusal> introduce(Member joiner) {
    List<Member> told = new ArrayList<>();
    for (Member peer : parts.members().peers()) {
      Optional<String> trouble = tell(peer, ENTER, joiner);
      if (trouble.isPresent()) {
        for (Member witness : told) {
          tell(witness, EXPEL, joiner)
              .ifPresent(why -> LOG.warn("{} still knows of {}: {}", witness, joiner, why));
        }
        return Optional.of(
            new Refusal(
                "not-told",
                peer.name() + " could not be told of " + joiner.name() + ": " + trouble.get(),
                "make a new invite once " + peer.name() + " runs: understudy pair invite"));
      }
      told.add(peer);
    }
    return Optional.empty();
  }

  /** Has another member forget one who was removed here; empty: done, otherwise why not. */
  Optional<String> expel(Member peer, Member gone) {
    return tell(peer, EXPEL, gone);
  }

  private Optional<String> tell(Member peer, String what, Member joiner) {
    Reach reach = connector.connect(peer, Purpose.PAIRING);
    if (!(reach instanceof Reach.Reached reached)) {
      return Optional.of(reach.sentence());
    }
    try (PeerConnection connection = reached.connection()) {
      connection.stream().limitReads(parts.limit());
      var order = new Order(what, MembersDocument.Row.of(joiner));
      Messages.send(connection.stream(), Order.class, order);
      return Optional.ofNullable(Messages.receive(connection.stream(), Done.class).refusal())
          .map(Refusal::message);
    } catch (IOException broken) {
      return Optional.of(String.valueOf(broken.getMessage()));
    }
  }

  /** Another member let somebody in, or changed its mind at once. */
  Done obey(Member from, Order order) throws IOException {
    if (from.designation() == Designation.WITNESS || order.member() == null) {
      LOG.warn("{} may not introduce anybody", from.name());
      return new Done(new Refusal("not-yours", "a witness introduces nobody", null));
    }
    Member member;
    try {
      member = order.member().member();
    } catch (IllegalArgumentException malformed) {
      return new Done(new Refusal("malformed", String.valueOf(malformed.getMessage()), null));
    }
    Optional<Member> known = parts.members().named(member.name());
    boolean same = known.filter(k -> k.certificate().equals(member.certificate())).isPresent();
    if (member.name().equals(parts.name()) || (known.isPresent() && !same)) {
      return new Done(
          new Refusal("name-taken", "there is another " + member.name() + " already", null));
    }
    if (order.what().equals(ENTER) && !same) {
      try {
        parts.members().admit(member);
      } catch (IOException notNow) {
        return new Done(new Refusal("not-now", String.valueOf(notNow.getMessage()), null));
      }
      LOG.info(
          "{} let {} in, pinned to {}", from.name(), member.name(), member.fingerprint().brief());
      parts.listener().joined(member);
    } else if (order.what().equals(EXPEL) && same) {
      parts.members().remove(member.name());
      LOG.warn("{} did not let {} in after all", from.name(), member.name());
      parts.listener().left(member.name());
    }
    return new Done(null);
  }
}
