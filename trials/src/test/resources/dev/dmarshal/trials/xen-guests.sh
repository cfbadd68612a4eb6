# Makes PV guests of the names in $guests, with the initrd of nested-initrd.sh. Without passthrough = "enabled" a guest that has no device at its start gets no
# IOMMU tables, and no device later (xl.cfg(5)).
set -e
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
