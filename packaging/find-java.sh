# shellcheck shell=bash
# Finds a JDK that is new enough; sourced by ./understudy, ./verify and bench/. Starts no Java: slow.

# JAVA_LEAST is the oldest release that the program is built for.
JAVA_LEAST=25

# Sets RELEASE to the main number of the JDK at $1, such as 25; to 0 when there is none.
java_release() {
  local line
  RELEASE=0
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=\"[0-9]*)
        line=${line#JAVA_VERSION=\"}
        RELEASE=${line%%[!0-9]*}
        return 0
        ;;
    esac
  done <"$1/release"
}

# Sets JAVA_HOME: the one that is set if it will do, else the newest under JAVA_ROOTS, else the one
# on the PATH. Fails with what to do.
find_java() {
  local candidate best=0 found='' rejected=''
  if [ -n "${JAVA_HOME:-}" ]; then
    java_release "$JAVA_HOME"
    if [ "$RELEASE" -ge "$JAVA_LEAST" ]; then
      export JAVA_HOME
      return 0
    fi
    rejected="JAVA_HOME=$JAVA_HOME is no JDK, "
    if [ "$RELEASE" != 0 ]; then
      rejected="JAVA_HOME=$JAVA_HOME is JDK $RELEASE, "
    fi
  fi
  for candidate in ${JAVA_ROOTS:-/usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME/.sdkman/candidates/java"/*}; do
    java_release "$candidate"
    if [ "$RELEASE" -ge "$JAVA_LEAST" ] && [ "$RELEASE" -gt "$best" ]; then
      best=$RELEASE
      found=$candidate
    fi
  done
  if [ -z "$found" ] && candidate=$(command -v javac); then
    candidate=$(readlink -f "$candidate")
    candidate=${candidate%/bin/javac}
    java_release "$candidate"
    if [ "$RELEASE" -ge "$JAVA_LEAST" ]; then
      found=$candidate
    fi
  fi
  if [ -z "$found" ]; then
    cat >&2 <<MESSAGE
understudy: no JDK $JAVA_LEAST or newer was found (${rejected}looked in JAVA_HOME, /usr/lib/jvm, /opt, PATH)
  Debian, Ubuntu: apt-get install openjdk-$JAVA_LEAST-jdk-headless, or temurin-$JAVA_LEAST-jdk from https://adoptium.net
  elsewhere:      unpack one from https://adoptium.net and set JAVA_HOME
MESSAGE
    return 1
  fi
  export JAVA_HOME=$found
}
