package understudy.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import understudy.linux.Account;
import understudy.linux.AccountNames;

/**
 * What machines call users and groups, as it travels between them: the question, its answer, and
 * how both are bounded. Names are shown on screens, so that they lose what is no plain character.
 */
final class OwnerNames {
  /** So many users and groups are asked about. */
  static final int MOST = 64;

  /** Longest name that is shown; {@code useradd} allows 32 characters. */
  static final int LONGEST = 64;

  private OwnerNames() {}

  /** Asks about these, at most {@link #MOST}. */
  static PeerQuestion.WhoIs question(Collection<Account> owners) {
    return new PeerQuestion.WhoIs(
        numbers(owners, Account.Kind.USER), numbers(owners, Account.Kind.GROUP));
  }

  private static List<Long> numbers(Collection<Account> owners, Account.Kind kind) {
    return owners.stream().filter(owner -> owner.kind() == kind).map(Account::number).toList();
  }

  /** Answers a peer from the names of this machine; throws when it asks about too many. */
  static PeerReply.Called answer(PeerQuestion.WhoIs asked, AccountNames names) throws IOException {
    if (asked.users().size() + asked.groups().size() > MOST) {
      throw new IOException("asked about more than " + MOST + " users and groups");
    }
    if (Stream.of(asked.users(), asked.groups()).flatMap(List::stream).anyMatch(Objects::isNull)) {
      throw new IOException("asked about a user or group without a number");
    }
    var wanted = new ArrayList<Account>();
    try {
      asked.users().forEach(number -> wanted.add(Account.user(number)));
      asked.groups().forEach(number -> wanted.add(Account.group(number)));
    } catch (IllegalArgumentException wrong) {
      throw new IOException("asked about what cannot be: " + wrong.getMessage(), wrong);
    }
    var told = new TreeMap<String, String>();
    names.of(wanted).forEach((owner, name) -> told.put(owner.toString(), name));
    return new PeerReply.Called(told);
  }

  /** What the peer said of these owners, and nothing else that it may have said. */
  static SortedMap<Account, String> heard(Collection<Account> owners, PeerReply.Called reply) {
    var heard = new TreeMap<Account, String>();
    for (Account owner : owners) {
      Optional.ofNullable(reply.names().get(owner.toString()))
          .filter(name -> !name.isEmpty())
          .ifPresent(name -> heard.put(owner, plain(name)));
    }
    return heard;
  }

  /** This machine's own names, written as a peer's, so that equal ones stay equal. */
  static SortedMap<Account, String> own(Map<Account, String> names) {
    var own = new TreeMap<Account, String>();
    names.forEach((owner, name) -> own.put(owner, plain(name)));
    return own;
  }

  private static String plain(String name) {
    String start = name.length() <= LONGEST ? name : name.substring(0, LONGEST);
    return start.replaceAll("[^\\p{IsAlphabetic}\\p{IsDigit}._@+-]", "?");
  }
}
