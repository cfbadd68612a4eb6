#!/bin/sh
# aot-cache.sh APP ROOT: trains the application once and writes APP/dmarshal.aot next to its jars.
# A cache is an optimisation: JAVA_TOOL_OPTIONS and the like must not leak into it, and its own chatter goes to a file.
set -eu
app=$1
root=$2
. "$root/.mvn/jdk25.sh"
find_jdk25
rm -f "$app/dmarshal.aot" "$app/java-home"
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS || true
. "$root/cli/src/build/java-options.sh"
"$JAVA_HOME/bin/java" "$root/cli/src/build/Restamp.java" "$app"/lib/picocli-*.jar
"$JAVA_HOME/bin/java" "$root/cli/src/build/Modularise.java" "$app"/lib/libvirt-*.jar libvirt com.sun.jna
. "$root/cli/src/build/zstd-library.sh"
zstd_library "$app/lib" "$app/libzstd-jni.so"
. "$root/cli/src/build/training.sh"
training_log >"$app/training.log"
"$JAVA_HOME/bin/java" $DMARSHAL_JAVA_OPTIONS -XX:AOTCacheOutput="$app/dmarshal.aot" -p "$app/lib" -m dev.dmarshal.cli/dev.dmarshal.cli.Training \
  "$root"/examples/* "$app/training.log" >"$app/training.out" 2>&1 || [ -s "$app/dmarshal.aot" ] || { cat "$app/training.out" >&2; exit 1; }
rm -f "$app/training.log"
echo "$JAVA_HOME" >"$app/java-home"
