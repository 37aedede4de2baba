package understudy.simulator;

/**
 * What stands on a machine's disk, drawn as the chain of writes that made it.
 *
 * @param writes how many
 * @param chain equal on two machines exactly when the same writes came in the same order
 */
record Content(long writes, long chain) {
  static final Content BLANK = new Content(0, 0);

  Content with(long write) {
    long mixed = (chain ^ write) * 0x9E3779B97F4A7C15L;
    return new Content(writes + 1, mixed ^ (mixed >>> 29));
  }

  String head() {
    return writes + "-" + Long.toHexString(chain);
  }
}
