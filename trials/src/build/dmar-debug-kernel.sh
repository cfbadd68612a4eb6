#!/bin/sh
# dmar-debug-kernel.sh FOLDER: makes FOLDER/boot/vmlinuz-RELEASE, a small Linux 6.12 that prints the remapping entries of each fault (CONFIG_DMAR_DEBUG), as
# Debian's own kernels do not, for dmar-debug.play (docs/images.md). From Debian's package linux-source-6.12, unpacked in FOLDER and not installed. Needs apt with
# an index that has it (apt-get update), gcc, make, flex, bison, bc, xz, libelf-dev; downloads 153 MB, takes 2 GB. MAKEFLAGS=-j2 uses two processors.
set -eu
folder=$1
mkdir -p "$folder/debs" "$folder/tree" "$folder/boot" "$folder/lib/modules"
folder=$(cd "$folder" && pwd)
(cd "$folder/debs" && apt-get -q download linux-source-6.12)
for package in "$folder"/debs/*.deb; do
  dpkg-deb -x "$package" "$folder/tree"
done
cd "$folder/tree/usr/src"
tar xf linux-source-6.12.tar.xz
cd linux-source-6.12
make -s tinyconfig
for option in 64BIT SMP EXPERT PRINTK KALLSYMS MULTIUSER FUTEX EPOLL SIGNALFD POSIX_TIMERS MODULES KEXEC CRASH_DUMP \
  BINFMT_ELF BINFMT_SCRIPT BLK_DEV_INITRD RD_GZIP PROC_FS SYSFS TMPFS SHMEM DEVTMPFS DEVMEM DEBUG_FS TTY UNIX98_PTYS SERIAL_8250 SERIAL_8250_CONSOLE \
  ACPI PCI PCI_MSI PCIEPORTBUS X86_LOCAL_APIC X86_X2APIC VIRTIO_MENU VIRTIO_PCI HW_RANDOM HW_RANDOM_VIRTIO \
  IOMMU_SUPPORT INTEL_IOMMU INTEL_IOMMU_SVM INTEL_IOMMU_DEFAULT_ON INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON IRQ_REMAP IOMMU_DEBUGFS INTEL_IOMMU_DEBUGFS; do
  echo "CONFIG_$option=y" >>wanted
done
# The lab's devices are driven through /dev/mem.
echo '# CONFIG_STRICT_DEVMEM is not set' >>wanted
scripts/kconfig/merge_config.sh -m .config wanted >/dev/null
make -s olddefconfig
grep -q '^CONFIG_DMAR_DEBUG=y' .config
make -s bzImage
release=$(make -s kernelrelease)
cp arch/x86/boot/bzImage "$folder/boot/vmlinuz-$release"
# Everything is built in; the lab asks for the list.
mkdir -p "$folder/lib/modules/$release"
cp modules.builtin "$folder/lib/modules/$release"
echo "$folder/boot/vmlinuz-$release"
