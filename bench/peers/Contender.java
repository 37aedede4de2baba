/** A peer in one setting, before it is put on machines. */
interface Contender {
  /** What its figures are called after. */
  String engine();

  /** Of Understudy, that it is set beside. */
  String profile();

  Engine on(Machines machines);
}
