package understudy.linux;

/**
 * The file system calls in use, with their numbers. Numbers are kernel ABI: they never change for
 * an architecture. Source: {@code arch/x86/entry/syscalls/syscall_64.tbl} and {@code
 * include/uapi/asm-generic/unistd.h}.
 */
enum FileCall {
  READ(0, 63),
  WRITE(1, 64),
  CLOSE(3, 57),
  LSEEK(8, 62),
  IOCTL(16, 29),
  PREAD64(17, 67),
  PWRITE64(18, 68),
  FSYNC(74, 82),
  FTRUNCATE(77, 46),
  FCHMOD(91, 52),
  FCHOWN(93, 55),
  FSTATFS(138, 44),
  LSETXATTR(189, 6),
  FSETXATTR(190, 7),
  LGETXATTR(192, 9),
  LLISTXATTR(195, 12),
  FLISTXATTR(196, 13),
  LREMOVEXATTR(198, 15),
  GETDENTS64(217, 61),
  OPENAT(257, 56),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  FCHOWNAT(260, 54),
  UNLINKAT(263, 35),
  LINKAT(265, 37),
  SYMLINKAT(266, 36),
  READLINKAT(267, 78),
  FCHMODAT(268, 53),
  INOTIFY_ADD_WATCH(254, 27),
  PPOLL(271, 73),
  SYNC_FILE_RANGE(277, 84),
  UTIMENSAT(280, 88),
  EVENTFD2(290, 19),
  INOTIFY_INIT1(294, 26),
  FALLOCATE(285, 47),
  FANOTIFY_INIT(300, 262),
  FANOTIFY_MARK(301, 263),
  OPEN_BY_HANDLE_AT(304, 265),
  SYNCFS(306, 267),
  RENAMEAT2(316, 276),
  COPY_FILE_RANGE(326, 285),
  STATX(332, 291),
  OPENAT2(437, 437);

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

  private final int x86;
  private final int arm;

  FileCall(int x86, int arm) {
    this.x86 = x86;
    this.arm = arm;
  }

  /** The number on this machine. */
  long number() {
    return ARM ? arm : x86;
  }
}
