#!/bin/sh
# setup.sh [--cache FOLDER] [--refresh] [PIECE…]: brings what the lab boots, as Debian packages, into a cache folder; the machine itself stays as it is.
# Pieces: linux-6.1 linux-6.12 busybox kexec xen disk-libvirt disk-xen; "packages" (the default) is all but the disks, "all" is all.
# What is there and whole is left alone and asks no network. --refresh takes what apt offers now.
set -eu

cache=${DMARSHAL_LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/dmarshal/lab}
refresh=
pieces=

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
    packages) pieces="$pieces linux-6.1 linux-6.12 busybox kexec xen" ;;
    all) pieces="$pieces linux-6.1 linux-6.12 busybox kexec xen disk-libvirt disk-xen" ;;
    linux-6.1 | linux-6.12 | busybox | kexec | xen | disk-libvirt | disk-xen) pieces="$pieces $1" ;;
    *) fail "no such piece: $1 (linux-6.1 linux-6.12 busybox kexec xen disk-libvirt disk-xen packages all)" ;;
  esac
  shift
done
[ -n "$pieces" ] || pieces="linux-6.1 linux-6.12 busybox kexec xen"

# What each piece is: a pattern that one package name must match, the newest of several being taken, and the files that must be in it.
pattern_of() {
  case $1 in
    linux-6.1) echo '^linux-image-6\.1\.[0-9]+-[0-9]+-amd64-unsigned$' ;;
    linux-6.12) echo '^linux-image-6\.12\.[0-9]+\+[a-z0-9.]+-amd64-unsigned$' ;;
    busybox) echo '^busybox-static$' ;;
    kexec) echo '^kexec-tools$' ;;
    xen) echo '^xen-hypervisor-4\.[0-9]+-amd64$' ;;
  esac
}

keys_of() {
  case $1 in
    linux-*) echo 'boot/vmlinuz-* boot/config-*' ;;
    busybox) echo 'bin/busybox' ;;
    kexec) echo 'sbin/kexec' ;;
    xen) echo 'boot/xen-*-amd64.gz' ;;
  esac
}

# The machine's own sources of packages, but with lists and archives kept in the cache: needs no root, changes nothing.
apt() {
  program=$1
  shift
  "$program" -o "Dir::State::lists=$cache/apt/lists" -o "Dir::Cache=$cache/apt/cache" -o APT::Sandbox::User= -o APT::Update::Post-Invoke-Success::= \
    -o Acquire::Retries=3 -o Debug::NoLocking=1 "$@"
}

updated=
update_lists() {
  [ -z "$updated" ] || return 0
  updated=yes
  command -v apt-get >/dev/null 2>&1 || fail "needs apt-get: this is made for Debian and its relatives"
  mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial"
  say "asking apt what it offers"
  apt apt-get -qq update >"$cache/apt/log" 2>&1 || { tail -n 5 "$cache/apt/log" >&2; fail "apt-get update failed"; }
}

# Whole: the stamp is there and the key files have the hashes that it holds.
whole() {
  [ -s "$cache/$1/.piece" ] && (cd "$cache/$1" && sed -n '2,$p' .piece | sha256sum -c --quiet --status)
}

newest() {
  apt apt-cache pkgnames | grep -E "$1" | sort -V | tail -n 1
}

bring() {
  piece=$1
  if [ -z "$refresh" ] && whole "$piece"; then
    return 0
  fi
  update_lists
  package=$(newest "$(pattern_of "$piece")")
  [ -n "$package" ] || fail "apt offers no package that matches $(pattern_of "$piece") (for $piece); Debian 12 has it: its sources must be in /etc/apt"
  version=$(apt apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
  if [ -s "$cache/$piece/.piece" ] && [ "$(head -n 1 "$cache/$piece/.piece")" = "$package $version" ] && whole "$piece"; then
    return 0
  fi
  rm -rf "$cache/$piece.new" "$cache/$piece.deb"
  mkdir -p "$cache/$piece.new" "$cache/$piece.deb"
  say "$piece: $package $version"
  (cd "$cache/$piece.deb" && apt apt-get -qq download "$package=$version") >"$cache/apt/log" 2>&1 ||
    { tail -n 5 "$cache/apt/log" >&2; fail "could not download $package $version"; }
  check_hash "$package" "$version" "$cache/$piece.deb"/*.deb
  dpkg-deb -x "$cache/$piece.deb"/*.deb "$cache/$piece.new" || fail "could not unpack $package $version: is the disk full?"
  echo "$package $version" >"$cache/$piece.new/.stamp"
  # shellcheck disable=SC2046
  (cd "$cache/$piece.new" && sha256sum $(keys_of "$piece") >>.stamp) || fail "$package $version lacks $(keys_of "$piece")"
  mv "$cache/$piece.new/.stamp" "$cache/$piece.new/.piece"
  rm -rf "$cache/$piece" "$cache/$piece.deb"
  mv "$cache/$piece.new" "$cache/$piece"
}

check_hash() {
  promised=$(apt apt-cache show "$1=$2" | sed -n 's/^SHA256: //p' | head -n 1)
  got=$(sha256sum "$3" | cut -d ' ' -f 1)
  [ "$promised" = "$got" ] || fail "$1 $2: apt promises sha256 $promised, the download has $got"
}

# Packages inside each root disk, beside a minimal Debian. Not libvirt-daemon-system: it wants polkit, which wants a whole systemd.
inside() {
  case $1 in
    disk-libvirt) echo libvirt-daemon,libvirt-daemon-driver-qemu,libvirt-clients,qemu-system-x86,udev,dbus,kmod,pciutils,iproute2 ;;
    disk-xen) echo xen-utils-4.17,udev,kmod,pciutils,iproute2 ;;
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
  debootstrap --variant=minbase --cache-dir="$cache/archives" --include="$(inside "$disk")" bookworm "$tree" "${DMARSHAL_LAB_MIRROR:-http://deb.debian.org/debian}" \
    >"$cache/$disk.log" 2>&1 || { tail -n 15 "$cache/$disk.log" >&2; fail "$disk: debootstrap failed; all of its output is in $cache/$disk.log"; }
  rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/usr/share/doc "$tree"/usr/share/locale "$tree"/usr/share/man
  : >"$tree/etc/machine-id"
  if [ "$disk" = disk-libvirt ]; then configure_libvirt "$tree"; fi
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
rm -rf "$cache/apt/cache"
say "ready in $cache:$pieces"
