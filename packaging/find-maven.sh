# shellcheck shell=bash
# Finds Maven, or fetches it; sourced by ./understudy, ./verify and bench/ after find-java.sh.

MAVEN_VERSION=3.9.16
MAVEN_SHA512=831a8591fe20c8243b1dbe7d71e3244f31d1665b0804b2e825e38cbbe5ce0cafb8338851f90780735568773e0a6cd07bbec107cda0b896b008b861075358b6f6
MAVEN_URL=https://repo.maven.apache.org/maven2/org/apache/maven/apache-maven/$MAVEN_VERSION/apache-maven-$MAVEN_VERSION-bin.tar.gz

# Sets MAVEN: the one on the PATH, else the one under $1, which is fetched there from Maven Central
# when missing: no root needed, nothing outside $1 touched. Fails with what to do.
find_maven() {
  local place=$1 archive
  if MAVEN=$(command -v mvn); then
    return 0
  fi
  MAVEN=$place/apache-maven-$MAVEN_VERSION/bin/mvn
  if [ -x "$MAVEN" ]; then
    return 0
  fi
  echo "understudy: no Maven on this machine: fetching $MAVEN_VERSION from Maven Central into $place" >&2
  mkdir -p "$place" || return 1
  archive=$place/maven.$$.tar.gz
  if ! fetch "$MAVEN_URL" "$archive"; then
    rm -f "$archive"
    echo "understudy: cannot fetch $MAVEN_URL" >&2
    echo "  install Maven 3.8 or newer (apt-get install maven), then run this again" >&2
    return 1
  fi
  if ! printf '%s  %s\n' "$MAVEN_SHA512" "$archive" | sha512sum --check --status; then
    rm -f "$archive"
    echo "understudy: $MAVEN_URL is not the file that this script was made for; nothing was unpacked" >&2
    return 1
  fi
  tar -xzf "$archive" -C "$place"
  rm -f "$archive"
  [ -x "$MAVEN" ]
}

# Fetches URL $1 into file $2 with what the machine has; the JDK is always there.
fetch() {
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --max-time 300 --output "$2" "$1"
  elif command -v wget >/dev/null; then
    wget --quiet --timeout=60 --output-document="$2" "$1"
  else
    "$JAVA_HOME/bin/java" "${BASH_SOURCE[0]%/*}/Fetch.java" "$1" "$2"
  fi
}
