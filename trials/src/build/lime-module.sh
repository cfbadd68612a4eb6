#!/bin/sh
# lime-module.sh FOLDER: makes FOLDER/lime.ko, LiME's module for the lab's kernel 6.1, from Debian's packages: its source (lime-forensics-dkms) and the kernel's headers, unpacked in FOLDER
# and not installed. Needs apt with an index that has them (apt-get update), gcc and make; downloads 14 MB. For LimeTest.
set -eu
folder=$1
cache=${DMARSHAL_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dmarshal/lab}
release=$(basename "$(echo "$cache"/linux-6.1/lib/modules/*)")
mkdir -p "$folder/debs" "$folder/tree" "$folder/module"
folder=$(cd "$folder" && pwd)
(cd "$folder/debs" && apt-get -q download lime-forensics-dkms "linux-headers-$release" "linux-headers-${release%-amd64}-common" linux-kbuild-6.1)
for package in "$folder"/debs/*.deb; do
  dpkg-deb -x "$package" "$folder/tree"
done
sources=$folder/tree/usr/src
# Its one line names a file where the package would have been installed.
echo "include $sources/linux-headers-${release%-amd64}-common/Makefile" >"$sources/linux-headers-$release/Makefile"
cp "$sources"/lime-forensics-*/* "$folder/module"
make -C "$sources/linux-headers-$release" M="$folder/module" CC=gcc modules
# Small enough to be handed to a machine line by line.
strip --strip-debug -o "$folder/lime.ko" "$folder/module/lime.ko"
echo "$folder/lime.ko"
