#!/bin/bash
# Guards one service: starts it, and ends it when its mandate does, whatever happens to the daemon.
#
# usage: guardian.sh DIRECTORY MARK CGROUP DEADLINE COMMAND...   start and guard
#        guardian.sh DIRECTORY MARK CGROUP sweep                 end what an earlier guardian left
#
# DIRECTORY  holds the pipe "control" that orders come through, and what this script writes:
#            "running" (its own and the service's process number), "ended" (why and how it ended),
#            "output.log" (the service's output); a script "last-will" there is run when the mandate ends
# MARK       stands in the environment of the service, so that processes are found that left its
#            session
# CGROUP     directory of a control group of the service's own, or "" where there is none
# DEADLINE   end of the mandate, in hundredths of a second of /proc/uptime: an instant and not a
#            remaining time, so that an order that arrives late extends nothing
#
# Orders, one a line:  until DEADLINE  ·  stop HUNDREDTHS (time from TERM to KILL)
# They are taken at once after a signal USR1, else within half a second and always before the
# deadline counts.
#
# Needs bash 5, sleep, grep and setpriv, all essential on Debian, and no rights beyond those of the service.
set -u
longest_doze=50
longest_wait=40 # of twentieths of a second
directory=$1 mark=$2 cgroup=$3 deadline=$4
shift 4

now() {
  local up _
  read -r up _ </proc/uptime
  centis=$((10#${up/./}))
}

# The service's processes by session and mark, until a whole pass finds none. One grep for all: a
# client may be waiting for the end of this.
sweep() {
  local pass process line found marked
  local -a fields
  for pass in 1 2 3 4 5; do
    found=0
    marked=" "$(grep -lzsxF "UNDERSTUDY_MARK=$mark" /proc/[0-9]*/environ)" "
    marked=${marked//$'\n'/ }
    for process in /proc/[0-9]*; do
      process=${process#/proc/}
      [[ $process == "$$" ]] && continue
      { read -r line <"/proc/$process/stat"; } 2>/dev/null || continue
      read -r -a fields <<<"${line##*) }"
      [[ ${fields[0]} == Z ]] && continue
      if [[ ${fields[3]} == "${service:-none}" || $marked == *" /proc/$process/environ "* ]]; then
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

trap : USR1
exec 3<>"$directory/control" # both ways: the end of the daemon is no end of file
{ echo -1000 >/proc/self/oom_score_adj; } 2>/dev/null
exec </dev/null >>"$directory/guardian.log" 2>&1
end_all
if [[ -n $cgroup ]] && ! mkdir -p "$cgroup"; then
  cgroup=
fi

# Takes what is in the pipe; lines are written whole, so none is waited for.
take_orders() {
  local order value
  while read -r -t 0 -u 3 && read -r -u 3 order value; do
    [[ $value =~ ^[0-9]{1,15}$ ]] || continue
    case $order in
      until) deadline=$value ;;
      stop)
        if [[ -z $stop_at ]]; then
          cause=stopped
          now
          stop_at=$((centis + value))
          [[ -n $service ]] && kill -TERM -- "-$service" 2>/dev/null
        fi
        ;;
    esac
  done
}

# Of what is not a process of this script's own, such as a unit of systemd.
carry_out_will() {
  [[ $cause == mandate && -f $directory/last-will ]] && sh "$directory/last-will"
}

cause=ended
stop_at=
service=
# On a busy machine it may have taken until after the deadline to come this far, while the mandate is
# renewed: the daemon's next order is not far. Nothing runs yet, so to wait for it endangers nobody.
for ((waits = 0; waits < longest_wait; waits++)); do
  take_orders
  now
  ((centis < deadline)) && break
  sleep 0.05 3>&-
done
if ((centis >= deadline)) || [[ -n $stop_at ]]; then
  [[ -n $stop_at ]] || cause=mandate
  carry_out_will
  echo "cause=$cause code=0" >"$directory/ended"
  exit 0
fi

(
  exec 3>&-
  trap - USR1
  { echo 0 >/proc/self/oom_score_adj; } 2>/dev/null
  [[ -n $cgroup ]] && { echo "$BASHPID" >"$cgroup/cgroup.procs"; } 2>/dev/null
  export UNDERSTUDY_MARK=$mark
  exec setsid "$@"
) >>"$directory/output.log" 2>&1 &
service=$!
echo "guardian=$$ service=$service" >"$directory/running"

# Waits for the end of the service, a signal, or the given time in hundredths of a second. Not by
# "read -t": a bash that was stopped while it reads that way can sleep for ever (seen with 5.2.15).
doze() {
  local length
  printf -v length '%d.%02d' $(($1 / 100)) $(($1 % 100))
  sleep "$length" 3>&- & # which may outlive this script: then nobody must seem to listen
  wait -n "$service" $!
}

while kill -0 "$service" 2>/dev/null; do
  take_orders
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
  [[ -n $stop_at ]] && ((left > stop_at - centis)) && left=$((stop_at - centis))
  doze $((left > longest_doze ? longest_doze : left))
done
[[ $cause == mandate || $cause == killed ]] && end_all
wait "$service"
code=$?
end_all
carry_out_will
echo "cause=$cause code=$code" >"$directory/ended"
