package understudy.failover;

/** Why something was decided, or why not. The sentence is what people read in the history. */
public enum Rule {
  NOTHING("nothing to tell", Weight.QUIET),

  // Watching
  PEER_IS_SILENT("no heartbeat came on any link for longer than the suspicion time", Weight.WARN),
  PEER_IS_BACK("the silent node is heard again", Weight.INFO),
  FOLLOWS("follows the data of the node that serves", Weight.INFO),
  TILT("this daemon was asleep: it forgets what it suspected and listens first", Weight.WARN),
  LEFTOVERS("stops what ran before this daemon started: nobody took it over", Weight.INFO),

  // Taking over
  TAKES_OVER("the active node is gone and nothing forbids to take over", Weight.WARN),
  NOBODY_SERVES("no node serves and this one is the first choice", Weight.INFO),
  SERVES_ALONE("the cluster has no other node", Weight.INFO),
  OFFERED("the active node released the mandate to this node", Weight.INFO),
  PROMOTED("an operator promoted this node", Weight.INFO),
  FORCED("an operator promoted this node by force", Weight.WARN),
  WAITS_FOR_FENCE("waits until the previous holder has surely stopped", Weight.INFO),
  DATA_IS_WHOLE("the data is one complete generation", Weight.INFO),
  SERVES("all resources run: clients are let in", Weight.INFO),
  START_FAILED("a resource did not start", Weight.ERROR),
  NOT_WHOLE("the data is not one complete generation", Weight.ERROR),
  HANDED_BACK("the other node did not take the role up", Weight.WARN),

  // What holds a takeover back
  NEVER_MET(
      "a peer was not heard since this daemon started, and it may have newer data", Weight.WARN),
  LISTENING("has not listened long enough to judge", Weight.WARN),
  UNPROVEN("the network has not been looked at since the silence began", Weight.WARN),
  ISOLATED("no connectivity test address answers: this node itself may be cut off", Weight.WARN),
  SERVICE_ANSWERS("the service address still answers from here", Weight.WARN),
  FENCE_FIRST("the fence command must first switch the silent node off", Weight.WARN),
  FENCE_FAILED("the fence command did not succeed; it is tried again", Weight.ERROR),
  FENCED("the fence command switched the silent node off", Weight.WARN),
  NO_GENERATION("this node has no complete generation of the data", Weight.ERROR),
  TOO_MUCH_LOSS("more data would be lost than max-loss allows", Weight.ERROR),
  UNFIT("the resources of this machine are not in order", Weight.ERROR),
  AUTOMATION_PAUSED("automation is paused", Weight.WARN),
  PEER_PINNED("another node's service goes on while its daemon is away", Weight.WARN),
  ASKS_FIRST("on-failure is ask: a person decides", Weight.WARN),
  KEEPS_STANDBY("on-failure is keep-standby", Weight.WARN),
  CANCELLED("a person cancelled this countdown", Weight.WARN),
  DR_BY_HAND("a disaster recovery node is promoted by hand", Weight.WARN),
  BACKS_OFF("waits after a failed start", Weight.WARN),
  UNWILLING("was demoted and waits to be promoted", Weight.WARN),
  SERVED_ELSEWHERE("another node served last, and is no member any more", Weight.WARN),
  OTHER_FIRST("another node is the better choice", Weight.INFO),
  NO_MAJORITY("not more than half of the voters grant this node the mandate", Weight.WARN),
  NO_LEASE("the store does not grant this node the mandate", Weight.WARN),
  OFFER_PENDING("the role was released to another node, whose turn it is", Weight.INFO),
  OFFER_TOO_LATE("the role was offered too long ago to be taken safely: declined", Weight.WARN),

  // Holding the mandate
  MANDATE_LOST("the mandate could not be renewed: stops serving", Weight.ERROR),
  SUPERSEDED("another node serves in a later term: stops serving", Weight.WARN),
  OUTLIVED("a later term was taken or voted in, and given up: goes on in a new one", Weight.INFO),
  CONFLICT_WON("two nodes hold the same term: this one stays", Weight.ERROR),
  CONFLICT_LOST("two nodes hold the same term: this one yields", Weight.ERROR),
  STOPPED("all resources have stopped", Weight.INFO),
  STUCK_STOPPING("a resource cannot be stopped for sure; the gate stays shut", Weight.ERROR),
  RETURNS_AS_STANDBY("meets the node that serves and becomes its standby", Weight.INFO),

  // Switchover
  PREPARES("prepares a switchover: the other node copies while clients are served", Weight.INFO),
  HOLDS_CLIENTS("holds clients off and stops the service for the final sync", Weight.INFO),
  FINAL_SYNC("the service has stopped: the other node copies the rest", Weight.INFO),
  RELEASED("everything is copied: the mandate is released to the other node", Weight.INFO),
  ROLLED_BACK("the switchover was given up before its point of no return", Weight.WARN),
  SWITCHED_OVER("the other node serves", Weight.INFO),
  RUNS_ERRAND("copies for a switchover", Weight.INFO),

  // Operators
  DEMOTED("an operator demoted this node", Weight.INFO),
  PAUSED("an operator paused automation", Weight.INFO),
  RESUMED("automation goes on", Weight.INFO),
  LEAVES_ALONE("another node pinned its service: it is not taken over meanwhile", Weight.INFO),
  PIN_IS_OVER("no other node's service is pinned any more", Weight.INFO),
  CLIENTS_HELD("an operator holds new clients off", Weight.INFO),
  CLIENTS_ADMITTED("an operator admits clients again", Weight.INFO),
  COUNTDOWN_CANCELLED("an operator cancelled the countdown", Weight.INFO),
  PEER_SERVES("another node serves", Weight.WARN),
  NOT_ACTIVE("this node does not serve", Weight.WARN),
  NO_TARGET("no other node could take over", Weight.WARN),
  BUSY("something else is under way", Weight.WARN),
  NOTHING_TO_CANCEL("there is nothing to cancel", Weight.WARN),
  NO_CONFLICT("there is no conflict", Weight.WARN),
  NOT_SAVED("the state cannot be saved, so it is not done", Weight.ERROR),
  ONLY_WITNESS("a witness only votes", Weight.WARN),
  NOT_IN_CLUSTER("this node is in no cluster", Weight.WARN);

  private final String sentence;
  private final Weight weight;

  Rule(String sentence, Weight weight) {
    this.sentence = sentence;
    this.weight = weight;
  }

  public String sentence() {
    return sentence;
  }

  public Weight weight() {
    return weight;
  }

  /** How much a person should care. */
  public enum Weight {
    QUIET,
    /** A role or resource changed. */
    INFO,
    /** Protection is reduced. */
    WARN,
    /** A person must act. */
    ERROR
  }
}
