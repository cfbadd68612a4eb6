# Makes PV guests under Xen, of the names in $guests, that say on their console what they see of a NIC and whether the network beyond it answers. Without
# passthrough = "enabled" a guest that has no device at its start gets no IOMMU tables, and no device later (xl.cfg(5)).
set -e
mkdir -p /tmp/nested/lab /var/log/xen/console
cat >/tmp/nested/lab/agent.sh <<'AGENT'
bb=/run/lab/busybox
say() { echo "nested: $*" >/dev/hvc0; }
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
  $bb sleep 2
done
AGENT
(cd /tmp/nested && find . | /run/lab/busybox cpio -o -H newc 2>/dev/null) >/tmp/overlay
cat /second/initrd /tmp/overlay >/tmp/nested.initrd
for g in $guests; do
  cat >/tmp/$g.cfg <<CONFIG
# $g: this remark stays
name = "$g"
type = "pv"
memory = 192
kernel = "/second/vmlinux.gz"
ramdisk = "/tmp/nested.initrd"
extra = "console=hvc0 quiet"
passthrough = "enabled"
CONFIG
  xl create /tmp/$g.cfg
  i=0
  until grep -q 'nested: up' /var/log/xen/console/guest-$g.log; do
    [ $i -lt 600 ] || { tail -n 20 /var/log/xen/console/guest-$g.log; exit 1; }
    sleep 0.5
    i=$((i + 1))
  done
done
xl list
