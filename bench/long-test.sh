# shellcheck shell=bash
# Runs one of the program's test classes for long; sourced by bench/crash and bench/day.

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
# shellcheck source=packaging/find-java.sh
source "$root/packaging/find-java.sh"
# shellcheck source=packaging/find-maven.sh
source "$root/packaging/find-maven.sh"

# long_test CLASS OPTION...
long_test() {
  local class=$1
  shift
  cd "$root"
  find_java
  find_maven "$root/.understudy/maven"
  exec "$MAVEN" -B -q -ntp test "-Dtest=$class" -Dsurefire.useFile=false "$@"
}
