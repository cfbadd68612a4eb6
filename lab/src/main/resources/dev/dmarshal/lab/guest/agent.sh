# The agent: answers on the second serial line. One request at a time; the other side sends the next one only after the answer, so nothing is read ahead.
#   run NUMBER SECONDS LIMIT SIZE  + SIZE bytes of script     -> alive NUMBER, every ten seconds that the script takes, then
#                                                                done NUMBER CODE|late OUT ERR + OUT bytes + ERR bytes, each at most LIMIT
#   put NUMBER MODE SIZE PATH      + SIZE bytes               -> kept NUMBER SHA256 | fail NUMBER why
#   get NUMBER PATH                                           -> file NUMBER SIZE SHA256 + SIZE bytes | fail NUMBER why
#   off NUMBER                                                -> the machine powers off
# Every tool is busybox's own, by its path, so that a root disk needs nothing.
bb=/run/lab/busybox
here=/run/lab
line=/dev/ttyS1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
# In a guest within the machine nobody is at the other end.
$bb stty -F $line 115200 raw -echo || exec $bb sleep 86400
exec 3<$line 4>$line 5>/dev/console

size_of() {
  $bb stat -c %s "$1" 2>/dev/null || echo 0
}

smaller() {
  if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi
}

take() {
  if [ "$1" -gt 0 ]; then $bb head -c "$1" <&3; fi
}

run() {
  take "$4" >$here/script
  $bb rm -f $here/late
  $bb setsid $bb sh $here/script >$here/out 2>$here/err </dev/null 3<&- 4>&- 5>&- &
  pid=$!
  {
    left=$2
    nap=
    trap '$bb kill $nap; exit 0' TERM
    while [ "$left" -gt 0 ]; do
      step=$(smaller 10 "$left")
      $bb sleep "$step" 4>&- &
      nap=$!
      wait $nap
      left=$((left - step))
      echo "alive $1" >&4
    done
    : >$here/late
    $bb kill -KILL -- -$pid
  } 2>/dev/null 3<&- &
  watch=$!
  wait $pid
  code=$?
  $bb kill $watch 2>/dev/null
  wait $watch 2>/dev/null
  [ -e $here/late ] && code=late
  out=$(smaller "$(size_of $here/out)" "$3")
  err=$(smaller "$(size_of $here/err)" "$3")
  echo "done $1 $code $out $err" >&4
  $bb head -c "$out" $here/out >&4
  $bb head -c "$err" $here/err >&4
}

put() {
  # What does not fit is read all the same: the next request comes after it.
  take "$3" | { $bb cat >"$4" || $bb cat >/dev/null; } 2>$here/why
  if [ "$(size_of "$4")" = "$3" ] && $bb chmod "$2" "$4" 2>>$here/why; then
    sum=$($bb sha256sum "$4")
    echo "kept $1 ${sum%% *}" >&4
  else
    echo "fail $1 $($bb tr '\n' ' ' <$here/why)($(size_of "$4") of $3 bytes at $4)" >&4
  fi
}

get() {
  if $bb cat "$2" >$here/got 2>$here/why; then
    sum=$($bb sha256sum $here/got)
    echo "file $1 $(size_of $here/got) ${sum%% *}" >&4
    $bb cat $here/got >&4
  else
    echo "fail $1 $($bb tr '\n' ' ' <$here/why)" >&4
  fi
  $bb rm -f $here/got
}

echo "ready 1 $($bb uname -r) $($bb cat /proc/sys/kernel/random/boot_id)" >&4
while read -r verb number a b c <&3; do
  case $verb in
    run) run "$number" "$a" "$b" "$c" ;;
    put) put "$number" "$a" "$b" "$c" ;;
    get) get "$number" "$a${b:+ $b}${c:+ $c}" ;;
    off) $bb poweroff -f ;;
    *) echo "fail $number no such request: $verb" >&4 ;;
  esac
done
