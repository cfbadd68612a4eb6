# Makes guests within a machine of the lab, with the initrd of nested-initrd.sh: guest1 runs and guest2 is paused under libvirt; with plain=yes, guest3 runs
# under plain QEMU with a QMP socket. The machine's processor has SVM, which QEMU emulates, so that they run as fast as the machine itself.
set -e
mkdir -p /run/libvirt /run/lock
modprobe -a vfio-pci vfio_iommu_type1 kvm-amd
virtlogd -d
libvirtd -d
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
