# Makes /tmp/nested.initrd, of guests within a machine of the lab that say on their console, $console, what they see of a NIC and whether the network beyond
# it answers.
set -e
mkdir -p /tmp/nested/lab
sed "s/CONSOLE/$console/" >/tmp/nested/lab/agent.sh <<'AGENT'
bb=/run/lab/busybox
say() { echo "nested: $*" >/dev/CONSOLE; }
say up
while :; do
  for n in $($bb ls /sys/class/net); do
    [ -e /sys/class/net/$n/device ] || continue
    if [ ! -e /run/seen-$n ]; then
      $bb touch /run/seen-$n
      say sees $n mac $($bb cat /sys/class/net/$n/address)
      $bb ifconfig $n 10.0.2.16 netmask 255.255.255.0 up
    fi
  done
  for s in /run/seen-*; do
    [ -e $s ] || continue
    n=${s#/run/seen-}
    [ -e /sys/class/net/$n ] || { say lost $n; $bb rm -f $s; continue; }
    if $bb ping -c 1 -W 2 10.0.2.2 >/dev/null 2>&1; then say ping works over $n; fi
  done
  $bb sleep 1
done
AGENT
(cd /tmp/nested && find . | /run/lab/busybox cpio -o -H newc 2>/dev/null) >/tmp/overlay
cat /second/initrd /tmp/overlay >/tmp/nested.initrd
