package understudy.heartbeat;

import understudy.time.Moment;

/**
 * Why something that a peer said did not count.
 *
 * @param at when it was said last
 * @param what for people
 * @param fix what a person can do about it
 */
public record Complaint(Moment at, String what, String fix) {

  static Complaint twin(Moment at, String link) {
    return new Complaint(
        at,
        "another machine speaks with the same name and key, on link " + link + "; it is not heard",
        "switch the copy off; to keep it, wipe its state directory and pair it under another name");
  }

  static Complaint malformed(Moment at, String trouble) {
    return new Complaint(at, trouble, "install the same release on both nodes");
  }
}
