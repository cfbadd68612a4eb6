#!/bin/sh
# guest-image.sh LAB ROOT TARGET IMAGE: makes IMAGE, dmarshal with its own Java, for the machines of the lab: the modules that are used and no AOT cache, which would not
# pay under emulation. Left alone while no jar is newer.
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
cat >"$image/bin/dmarshal" <<'END'
#!/bin/sh
here=$(dirname "$(dirname "$(readlink -f "$0")")")
exec "$here/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto --enable-native-access=ALL-UNNAMED,com.github.luben.zstd_jni,com.sun.jna -m dev.dmarshal.cli/dev.dmarshal.cli.Main "$@"
END
chmod +x "$image/bin/dmarshal"
"$image/bin/java" -Xshare:dump >>"$target/image.log" 2>&1 || true
