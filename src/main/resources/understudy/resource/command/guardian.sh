#!/bin/bash
# Guards one service: starts it, and ends it when its mandate does, whatever happens to the daemon.
#
# usage: guardian.sh DIRECTORY MARK CGROUP DEADLINE COMMAND...   start and guard
#        guardian.sh DIRECTORY MARK CGROUP sweep                 end what an earlier guardian left
#
# DIRECTORY  holds the pipe "control" that orders come through, and what this script writes:
#            "running" (its own and the service's process number), "ended" (why and how it ended),
#            "output.log" (the service's output)
# MARK       stands in the environment of the service, so that processes are found that left its
#            session
# CGROUP     directory of a control group of the service's own, or "" where there is none
# DEADLINE   end of the mandate, in hundredths of a second of /proc/uptime: an instant and not a
#            remaining time, so that an order that arrives late extends nothing
#
# Orders, one a line:  until DEADLINE  ·  stop HUNDREDTHS (time from TERM to KILL)
#
# Needs bash and setpriv, both essential on Debian, and no rights beyond those of the service.
set -u
directory=$1 mark=$2 cgroup=$3 deadline=$4
shift 4

now() {
  local up _
  read -r up _ </proc/uptime
  centis=$((10#${up/./}))
}

is_marked() {
  local entry
  local -a entries=()
  { mapfile -d '' -n 200 entries <"/proc/$1/environ"; } 2>/dev/null
  for entry in "${entries[@]}"; do
    [[ $entry == "UNDERSTUDY_MARK=$mark" ]] && return 0
  done
  return 1
}

# The service's processes by session and mark, until a whole pass finds none.
sweep() {
  local pass process line found
  local -a fields
  for pass in 1 2 3 4 5; do
    found=0
    for process in /proc/[0-9]*; do
      process=${process#/proc/}
      [[ $process == "$$" ]] && continue
      { read -r line <"/proc/$process/stat"; } 2>/dev/null || continue
      read -r -a fields <<<"${line##*) }"
      [[ ${fields[0]} == Z ]] && continue
      if [[ ${fields[3]} == "${service:-none}" ]] || is_marked "$process"; then
        kill -KILL "$process" 2>/dev/null && found=1
      fi
    done
    ((found)) || return 0
  done
}

end_all() {
  [[ -n $cgroup ]] && { echo 1 >"$cgroup/cgroup.kill"; } 2>/dev/null
  [[ -n ${service:-} ]] && kill -KILL -- "-$service" 2>/dev/null
  sweep
  [[ -n $cgroup ]] && rmdir "$cgroup" 2>/dev/null
}

if [[ $deadline == sweep ]]; then
  end_all
  exit 0
fi

exec 3<>"$directory/control" # both ways: the end of the daemon is no end of file
{ echo -1000 >/proc/self/oom_score_adj; } 2>/dev/null
exec </dev/null >>"$directory/guardian.log" 2>&1
end_all
if [[ -n $cgroup ]] && ! mkdir -p "$cgroup"; then
  cgroup=
fi

(
  exec 3>&-
  { echo 0 >/proc/self/oom_score_adj; } 2>/dev/null
  [[ -n $cgroup ]] && { echo "$BASHPID" >"$cgroup/cgroup.procs"; } 2>/dev/null
  export UNDERSTUDY_MARK=$mark
  exec setsid "$@"
) >>"$directory/output.log" 2>&1 &
service=$!
echo "guardian=$$ service=$service" >"$directory/running"

cause=ended
stop_at=
while [[ -e /proc/$service ]] && kill -0 "$service" 2>/dev/null; do
  now
  if ((centis >= deadline)); then
    cause=mandate
    break
  fi
  if [[ -n $stop_at ]] && ((centis >= stop_at)); then
    cause=killed
    break
  fi
  left=$((deadline - centis))
  # the end of the service does not wake a read: look for it ten times a second, or more when stopping
  ((left > 10)) && left=10
  [[ -n $stop_at ]] && ((left > 2)) && left=2
  printf -v pause '%d.%02d' $((left / 100)) $((left % 100))
  if read -r -t "$pause" -u 3 order value; then
    [[ $value =~ ^[0-9]{1,15}$ ]] || continue
    case $order in
      until) deadline=$value ;;
      stop)
        if [[ -z $stop_at ]]; then
          cause=stopped
          now
          stop_at=$((centis + value))
          kill -TERM -- "-$service" 2>/dev/null
        fi
        ;;
    esac
  fi
done
[[ $cause == mandate || $cause == killed ]] && end_all
wait "$service"
code=$?
end_all
echo "cause=$cause code=$code" >"$directory/ended"
