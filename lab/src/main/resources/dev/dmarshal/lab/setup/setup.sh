#!/bin/sh
# setup.sh [--cache FOLDER] [--refresh] [PIECE…]: brings what the lab boots, as Debian packages, into a cache folder; the machine itself stays as it is.
# Pieces: linux-6.1 linux-6.12 busybox kexec makedumpfile xen qemu-10 disk-libvirt disk-xen disk-xen-hvm disk-boot; "packages" (the default) is all but the disks, "all" is all.
# What is there and whole is left alone and asks no network. --refresh takes what apt offers now.
set -eu

cache=${DMARSHAL_LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/dmarshal/lab}
refresh=
pieces=
packages="linux-6.1 linux-6.12 busybox kexec makedumpfile xen qemu-10"
mirror=${DMARSHAL_LAB_MIRROR:-http://deb.debian.org/debian}

fail() {
  echo "lab setup: $*" >&2
  exit 1
}

say() {
  echo "lab setup: $*" >&2
}

while [ $# -gt 0 ]; do
  case $1 in
    --cache)
      [ $# -ge 2 ] || fail "--cache needs a folder"
      cache=$2
      shift
      ;;
    --refresh) refresh=yes ;;
    packages) pieces="$pieces $packages" ;;
    all) pieces="$pieces $packages disk-libvirt disk-xen disk-xen-hvm disk-boot" ;;
    linux-6.1 | linux-6.12 | busybox | kexec | makedumpfile | xen | qemu-10 | disk-libvirt | disk-xen | disk-xen-hvm | disk-boot) pieces="$pieces $1" ;;
    *) fail "no such piece: $1 ($packages disk-libvirt disk-xen disk-xen-hvm disk-boot packages all)" ;;
  esac
  shift
done
[ -n "$pieces" ] || pieces=$packages

# What each piece is: patterns that one package name each must match, the newest of several being taken, and the files that must be in it.
patterns_of() {
  case $1 in
    linux-6.1) echo '^linux-image-6\.1\.[0-9]+-[0-9]+-amd64-unsigned$' ;;
    linux-6.12) echo '^linux-image-6\.12\.[0-9]+\+[a-z0-9.]+-amd64-unsigned$' ;;
    busybox) echo '^busybox-static$' ;;
    # Debian's kexec is linked to Xen's libraries.
    kexec) echo '^kexec-tools$' "$(apt apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances kexec-tools |
      sed -n 's/^\(libxen[a-z0-9.]*\)$/^\1$/p' | sort -u | tr '\n' ' ')" ;;
    makedumpfile) echo '^makedumpfile$ ^libdw1$ ^libelf1$ ^liblzo2-2$' ;;
    xen) echo '^xen-hypervisor-4\.[0-9]+-amd64$' ;;
    # Debian 12's own QEMU (7.2) records no interrupt-remapping faults and has no igb; the one of its backports does.
    qemu-10) echo '^qemu-system-x86$ ^qemu-system-common$ ^qemu-system-data$ ^seabios$' ;;
  esac
}

keys_of() {
  case $1 in
    linux-*) echo 'boot/vmlinuz-* boot/config-*' ;;
    busybox) echo 'bin/busybox' ;;
    kexec) echo 'sbin/kexec' ;;
    makedumpfile) echo usr/bin/makedumpfile ;;
    xen) echo 'boot/xen-*-amd64.gz' ;;
    qemu-10) echo usr/bin/qemu-system-x86_64 usr/share/seabios/bios-256k.bin ;;
  esac
}

# Which sources of packages: the machine's own, or only Debian 12's backports. Lists and archives are kept in the cache: needs no root, changes nothing.
sources=own
apt() {
  program=$1
  shift
  if [ $sources = backports ]; then
    set -- -o "Dir::Etc::sourcelist=$cache/apt/backports.list" -o Dir::Etc::sourceparts=- "$@"
  fi
  "$program" -o "Dir::State::lists=$cache/apt/lists-$sources" -o "Dir::Cache=$cache/apt/cache-$sources" -o APT::Sandbox::User= \
    -o APT::Update::Post-Invoke-Success::= -o Acquire::Retries=3 -o Debug::NoLocking=1 "$@"
}

updated=
update_lists() {
  case $updated in *$sources*) return 0 ;; esac
  updated="$updated $sources"
  command -v apt-get >/dev/null 2>&1 || fail "needs apt-get: this is made for Debian and its relatives"
  mkdir -p "$cache/apt/lists-$sources/partial" "$cache/apt/cache-$sources/archives/partial"
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb $([ ! -r $keyring ] || echo "[signed-by=$keyring]") $mirror bookworm-backports main" >"$cache/apt/backports.list"
  say "asking apt what it offers ($sources)"
  apt apt-get -qq update >"$cache/apt/log" 2>&1 || { tail -n 5 "$cache/apt/log" >&2; fail "apt-get update failed"; }
}

# Whole: the stamp is there and the key files have the hashes that it holds.
whole() {
  [ -s "$cache/$1/.piece" ] && (cd "$cache/$1" && sed -n '2,$p' .piece | sha256sum -c --quiet --status)
}

newest() {
  apt apt-cache pkgnames | grep -E "$1" | sort -V | tail -n 1
}

# Downloads one package and unpacks it into a tree; prints its name and version.
unpack() {
  tree=$1
  package=$(newest "$2")
  [ -n "$package" ] || fail "apt offers no package that matches $2 (for $piece); Debian 12 has it: its sources must be in /etc/apt"
  version=$(apt apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
  say "$piece: $package $version"
  rm -rf "$tree.deb"
  mkdir -p "$tree.deb"
  (cd "$tree.deb" && apt apt-get -qq download "$package=$version") >"$cache/apt/log" 2>&1 ||
    { tail -n 5 "$cache/apt/log" >&2; fail "could not download $package $version"; }
  check_hash "$package" "$version" "$tree.deb"/*.deb
  dpkg-deb -x "$tree.deb"/*.deb "$tree" || fail "could not unpack $package $version: is the disk full?"
  rm -rf "$tree.deb"
  echo "$package $version"
}

bring() {
  piece=$1
  if [ -z "$refresh" ] && whole "$piece"; then
    return 0
  fi
  sources=own
  [ "$piece" != qemu-10 ] || sources=backports
  update_lists
  rm -rf "$cache/$piece.new"
  mkdir -p "$cache/$piece.new"
  stamp=
  for pattern in $(patterns_of "$piece"); do
    told=$(unpack "$cache/$piece.new" "$pattern") || exit 1
    stamp="$stamp${stamp:+, }$told"
  done
  [ "$piece" != qemu-10 ] || qemu_starter "$cache/$piece.new" "$cache/$piece"
  echo "$stamp" >"$cache/$piece.new/.stamp"
  # shellcheck disable=SC2046
  (cd "$cache/$piece.new" && sha256sum $(keys_of "$piece") >>.stamp) || fail "$stamp lacks $(keys_of "$piece")"
  mv "$cache/$piece.new/.stamp" "$cache/$piece.new/.piece"
  rm -rf "${cache:?}/$piece"
  mv "$cache/$piece.new" "$cache/$piece"
}

# QEMU looks for its modules and firmware where the package would be installed.
qemu_starter() {
  missing=$(ldd "$1/usr/bin/qemu-system-x86_64" | sed -n 's/^[[:space:]]*\(.*\) => not found$/\1/p' | tr '\n' ' ')
  [ -z "$missing" ] || fail "qemu-10 needs libraries that this machine lacks: $missing(apt-get install qemu-system-x86 brings them)"
  cat >"$1/qemu-system-x86_64" <<END
#!/bin/sh
QEMU_MODULE_DIR='$2/usr/lib/x86_64-linux-gnu/qemu' exec '$2/usr/bin/qemu-system-x86_64' -L '$2/usr/share/qemu' -L '$2/usr/share/seabios' -L /usr/lib/ipxe/qemu "\$@"
END
  chmod +x "$1/qemu-system-x86_64"
}

check_hash() {
  promised=$(apt apt-cache show "$1=$2" | sed -n 's/^SHA256: //p' | head -n 1)
  got=$(sha256sum "$3" | cut -d ' ' -f 1)
  [ "$promised" = "$got" ] || fail "$1 $2: apt promises sha256 $promised, the download has $got"
}

# Packages inside each root disk, beside a minimal Debian. Not libvirt-daemon-system: it wants polkit, which wants a whole systemd.
inside() {
  case $1 in
    disk-libvirt) echo libvirt-daemon,libvirt-daemon-driver-qemu,libvirt-clients,qemu-system-x86,udev,dbus,kmod,pciutils,iproute2,libxml2-utils ;;
    disk-xen) echo xen-utils-4.17,udev,kmod,pciutils,iproute2 ;;
    # With the device model for HVM guests, and strace, by which trials end xl in the midst of its work.
    disk-xen-hvm) echo xen-utils-4.17,qemu-system-xen,strace,udev,kmod,pciutils,iproute2 ;;
    disk-boot) echo initramfs-tools,grub-common,grub2-common,udev,kmod,zstd ;;
  esac
}

need() {
  command -v "$1" >/dev/null 2>&1 || [ -x "/sbin/$1" ] || [ -x "/usr/sbin/$1" ] || fail "needs $1: apt-get install $2"
}

# What libvirt-daemon-system would have done, and no guards: whoever is in the lab's machine is root there.
configure_libvirt() {
  echo 'libvirt-qemu:x:64055:64055:Libvirt Qemu:/var/lib/libvirt:/usr/sbin/nologin' >>"$1/etc/passwd"
  echo 'libvirt-qemu:x:64055:' >>"$1/etc/group"
  mkdir -p "$1/etc/libvirt" "$1/var/lib/libvirt/qemu" "$1/var/log/libvirt/qemu"
  printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'remember_owner = 0' >"$1/etc/libvirt/qemu.conf"
  printf '%s\n' 'auth_unix_rw = "none"' 'auth_unix_ro = "none"' >"$1/etc/libvirt/libvirtd.conf"
}

# What grub-pc would have done when it was installed, without a drive to install it on.
configure_grub() {
  mkdir -p "$1/boot/grub"
  cp "$1/usr/share/grub/default/grub" "$1/etc/default/grub"
}

build_disk() {
  disk=$1
  recipe="$disk bookworm $(inside "$disk") 1"
  if [ -z "$refresh" ] && [ -s "$cache/$disk.img" ] && [ "$(cat "$cache/$disk.recipe" 2>/dev/null)" = "$recipe $(stat -c %s "$cache/$disk.img")" ]; then
    return 0
  fi
  need debootstrap debootstrap
  need mke2fs e2fsprogs
  [ "$(id -u)" = 0 ] || fail "$disk: debootstrap needs root"
  PATH=$PATH:/usr/sbin:/sbin
  tree=$cache/$disk.tree
  rm -rf "$tree" "$cache/$disk.img.new"
  mkdir -p "$cache/archives"
  say "$disk: debootstrap (takes minutes)"
  debootstrap --variant=minbase --cache-dir="$cache/archives" --include="$(inside "$disk")" bookworm "$tree" "$mirror" \
    >"$cache/$disk.log" 2>&1 || { tail -n 15 "$cache/$disk.log" >&2; fail "$disk: debootstrap failed; all of its output is in $cache/$disk.log"; }
  rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/usr/share/doc "$tree"/usr/share/locale "$tree"/usr/share/man
  : >"$tree/etc/machine-id"
  if [ "$disk" = disk-libvirt ]; then configure_libvirt "$tree"; fi
  if [ "$disk" = disk-boot ]; then configure_grub "$tree"; fi
  mke2fs -q -t ext4 -E lazy_itable_init=1,root_owner=0:0 -d "$tree" "$cache/$disk.img.new" 3G >"$cache/$disk.log" 2>&1 ||
    { tail -n 15 "$cache/$disk.log" >&2; fail "$disk: could not make the file system: is the disk full?"; }
  rm -rf "$tree"
  mv "$cache/$disk.img.new" "$cache/$disk.img"
  echo "$recipe $(stat -c %s "$cache/$disk.img")" >"$cache/$disk.recipe"
}

mkdir -p "$cache" || fail "cannot make $cache"
cache=$(cd "$cache" && pwd)
exec 9>"$cache/lock"
if command -v flock >/dev/null 2>&1; then
  flock -n 9 || { say "waiting for another setup"; flock 9; }
fi
for piece in $pieces; do
  case $piece in
    disk-*) build_disk "$piece" ;;
    *) bring "$piece" ;;
  esac
done
rm -rf "$cache"/apt/cache-*
say "ready in $cache:$pieces"
