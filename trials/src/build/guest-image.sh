#!/bin/sh
# guest-image.sh LAB ROOT TARGET IMAGE: makes IMAGE, dmarshal with its own Java, for the machines of the lab: the modules that are used, and an AOT cache.
# Under emulation a start is what costs: "dmarshal check" took 38 s of the guest's time with the JDK's own class archive and C1, 17 s with an AOT cache and C1, 10 s with an
# AOT cache and no compiler at all, because what was just compiled must be translated once more. Left alone while no jar is newer.
set -eu
lab=$1
root=$2
target=$3
image=$4
[ "$lab" != off ] || exit 0
lib=$root/cli/target/app/lib
[ -d "$lib" ] || { echo "trials: the program is not built: run ./mvnw verify or package, not test" >&2; exit 0; }
mkdir -p "$target"
if [ -x "$image/bin/dmarshal" ] && [ -z "$(find "$lib" "$0" -newer "$image/bin/dmarshal" -print -quit)" ]; then
  exit 0
fi
. "$root/.mvn/jdk25.sh"
find_jdk25
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS || true
rm -rf "$image"
"$JAVA_HOME/bin/jlink" --module-path "$lib" --add-modules dev.dmarshal.cli,jdk.unsupported --strip-debug --no-header-files --no-man-pages --vm server --output "$image" \
  >"$target/image.log" 2>&1 || { cat "$target/image.log" >&2; exit 1; }
rm -rf "$image/legal"
options="-XX:+UseSerialGC -Xms16m -XX:-UsePerfData --enable-native-access=ALL-UNNAMED,com.github.luben.zstd_jni,com.sun.jna"

# A host to train on: functions behind a root port, groups, and a log.
host=$target/training-host
rm -rf "$host" "$host.tar.zst"
function() {
  mkdir -p "$host/$1" "$host/sys/bus/pci/devices"
  { printf "$2"; head -c 4032 /dev/zero; } >"$host/$1/config"
  ln -s "../../../../${1#sys/}" "$host/sys/bus/pci/devices/${1##*/}"
  ln -s "../../../../kernel/iommu_groups/$3" "$host/$1/iommu_group"
  printf '0x0000000000000000 0x0000000000000000 0x0000000000000000\n' >"$host/$1/resource"
}
zeros() { printf "%${1}s" '' | sed 's/ /\\000/g'; }
port=sys/devices/pci0000:00/0000:00:04.0
function $port "\\066\\033\\014\\000\\007\\000\\020\\000\\000\\000\\004\\006\\000\\000\\001\\000$(zeros 8)\\000\\001\\001\\000$(zeros 36)" 0
function $port/0000:01:00.0 "\\206\\200\\323\\020\\006\\000\\020\\000\\000\\000\\000\\002$(zeros 52)" 1
mkdir -p "$host/proc/sys/kernel" "$host/sys/kernel/iommu_groups/0" "$host/sys/kernel/iommu_groups/1" "$host/sys/class/iommu/dmar0/intel-iommu" "$host/var/log"
echo 6.1.0 >"$host/proc/sys/kernel/osrelease"
echo intel_iommu=on >"$host/proc/cmdline"
echo d2008c22260206 >"$host/sys/class/iommu/dmar0/intel-iommu/cap"
cp "$root"/examples/*.log "$host/var/log/kern.log" 2>/dev/null || true
"$image/bin/java" $options -XX:AOTCacheOutput="$image/lib/dmarshal.aot" -m dev.dmarshal.cli/dev.dmarshal.cli.Training "$host" "$root"/examples/* \
  >>"$target/image.log" 2>&1 || [ -s "$image/lib/dmarshal.aot" ] || { cat "$target/image.log" >&2; exit 1; }
# For classes of tests, which the AOT cache does not know.
"$image/bin/java" -Xshare:dump >>"$target/image.log" 2>&1 || true
cat >"$image/bin/dmarshal" <<END
#!/bin/sh
here=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
exec "\$here/bin/java" $options -XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=10 -XX:AOTCache="\$here/lib/dmarshal.aot" -m dev.dmarshal.cli/dev.dmarshal.cli.Main "\$@"
END
chmod +x "$image/bin/dmarshal"
