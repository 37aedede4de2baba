package understudy.wire;

import understudy.config.Endpoint;

/** What came of trying to reach a node at one address. */
public sealed interface Reach {

  Endpoint at();

  /** For people: what happened there. */
  String sentence();

  /** Proven and open. */
  record Reached(Endpoint at, PeerConnection connection) implements Reach {
    @Override
    public String sentence() {
      return "reached " + connection.peer().name() + " at " + at;
    }
  }

  /** The machine answered that nothing listens there. */
  record Refused(Endpoint at) implements Reach {
    @Override
    public String sentence() {
      return at + " refused the connection: nothing listens there";
    }
  }

  /** No answer in time. */
  record TimedOut(Endpoint at, String during) implements Reach {
    @Override
    public String sentence() {
      return at + " timed out during " + during + ": a firewall or a wrong address?";
    }
  }

  /** The name is unknown, or no way leads there. */
  record Unreachable(Endpoint at, String detail) implements Reach {
    @Override
    public String sentence() {
      return at + " is unreachable: " + detail;
    }
  }

  /** Another certificate than the pinned one: another machine, or somebody in between. */
  record WrongCertificate(Endpoint at, Fingerprint expected, Fingerprint seen) implements Reach {
    @Override
    public String sentence() {
      return at + " showed a wrong certificate: " + seen.brief() + ", expected " + expected.brief();
    }
  }

  /** It does not have our certificate in its list. */
  record NotAMember(Endpoint at) implements Reach {
    @Override
    public String sentence() {
      return at + " does not know this node as a member: pair again";
    }
  }

  /** It belongs to a cluster with another secret. */
  record OtherCluster(Endpoint at) implements Reach {
    @Override
    public String sentence() {
      return at + " belongs to another cluster";
    }
  }

  /** It speaks another version of the protocol. */
  record OtherVersion(Endpoint at, String detail) implements Reach {
    @Override
    public String sentence() {
      return at + " speaks another version: " + detail;
    }
  }

  /** Something answers there, but not as a node does. */
  record Unintelligible(Endpoint at, String detail) implements Reach {
    @Override
    public String sentence() {
      return at + " does not answer as an Understudy node: " + detail;
    }
  }
}
