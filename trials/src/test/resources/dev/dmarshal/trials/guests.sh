# Makes guests within a machine of the lab: guest1 runs and guest2 is paused under libvirt; with plain=yes, guest3 runs under plain QEMU with a QMP socket. The
# machine's processor has SVM, which QEMU emulates, so that they run as fast as the machine itself. Each says on its console what it sees of a NIC and whether
# the network beyond it answers.
set -e
mkdir -p /run/libvirt /run/lock /tmp/nested/lab
modprobe -a vfio-pci vfio_iommu_type1 kvm-amd
virtlogd -d
libvirtd -d
cat >/tmp/nested/lab/agent.sh <<'AGENT'
bb=/run/lab/busybox
say() { echo "nested: $*" >/dev/ttyS0; }
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
    if $bb ping -c 1 -W 1 10.0.2.2 >/dev/null 2>&1; then say ping works over $n; fi
  done
  $bb sleep 1
done
AGENT
(cd /tmp/nested && find . | /run/lab/busybox cpio -o -H newc 2>/dev/null) >/tmp/overlay
cat /second/initrd /tmp/overlay >/tmp/nested.initrd
for g in guest1 guest2; do
  cat >/tmp/$g.xml <<DOMAIN
<domain type='kvm'><name>$g</name><memory unit='MiB'>192</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type><kernel>/second/vmlinuz</kernel><initrd>/tmp/nested.initrd</initrd><cmdline>console=ttyS0 quiet</cmdline></os>
<features><acpi/></features>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<controller type='pci' model='pcie-root'/><controller type='pci' model='pcie-root-port'/><controller type='pci' model='pcie-root-port'/>
<controller type='usb' model='none'/>
<serial type='file'><source path='/tmp/$g.log'/></serial><memballoon model='none'/>
</devices></domain>
DOMAIN
done
if [ "${plain-}" = yes ]; then
  : >/tmp/guest3.log
  setsid qemu-system-x86_64 -nodefaults -display none -accel kvm -M q35 -m 192 -kernel /second/vmlinuz -initrd /tmp/nested.initrd \
    -append 'console=ttyS0 quiet' -serial file:/tmp/guest3.log -device pcie-root-port,id=port1,bus=pcie.0,chassis=1,slot=1 \
    -qmp unix:/tmp/guest3.qmp,server=on,wait=off >/tmp/guest3.err 2>&1 </dev/null &
fi
i=0
until virsh -q list >/dev/null 2>&1 || [ $i -gt 120 ]; do
  sleep 0.5
  i=$((i + 1))
done
virt-xml-validate /tmp/guest1.xml domain
virsh define --validate /tmp/guest1.xml
virsh define --validate /tmp/guest2.xml
virsh start guest1
virsh start --paused guest2
i=0
until grep -q 'nested: up' /tmp/guest1.log && { [ "${plain-}" != yes ] || grep -q 'nested: up' /tmp/guest3.log; }; do
  [ $i -lt 400 ] || { cat /tmp/guest1.log /tmp/guest3.*; exit 1; }
  sleep 0.5
  i=$((i + 1))
done
