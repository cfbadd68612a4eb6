#!/bin/sh
# image.sh TARGET ROOT VERSION: makes TARGET/dmarshal-VERSION-linux-x86_64.tar.gz, which needs no Java: the modules of the JDK that are used, the application, and an AOT cache for just them.
set -eu
target=$1
root=$2
version=$3
. "$root/.mvn/jdk25.sh"
find_jdk25
. "$root/cli/src/build/java-options.sh"
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS || true
name=dmarshal-$version-linux-$(uname -m)
image=$target/$name
rm -rf "$image" "$image.tar.gz"
"$JAVA_HOME/bin/jlink" --module-path "$target/app/lib" --add-modules dev.dmarshal.cli --strip-debug --no-header-files --no-man-pages \
  --compress zip-6 --output "$image" >"$target/image.log" 2>&1 || { cat "$target/image.log" >&2; exit 1; }
mkdir -p "$image/doc"
cp "$root/cli/src/build/columns.sh" "$image/lib/"
cp "$root/LICENSE" "$root/README.md" "$image/doc/"
cp -r "$root/examples" "$root/docs/systemd" "$image/doc/"
cat >"$image/bin/dmarshal" <<EOF
#!/bin/sh
here=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
. "\$here/lib/columns.sh"
short=
case " $DMARSHAL_SHORT_COMMANDS " in *" \${1:---} "*) short="$DMARSHAL_SHORT_OPTIONS" ;; esac
zstd=
[ -r "\$here/lib/libzstd-jni.so" ] && zstd=yes
exec "\$here/bin/java" $DMARSHAL_JAVA_OPTIONS \$short \${zstd:+"-DZstdNativePath=\$here/lib/libzstd-jni.so"} -XX:AOTCache="\$here/lib/dmarshal.aot" -m dev.dmarshal.cli/dev.dmarshal.cli.Main "\$@"
EOF
chmod +x "$image/bin/dmarshal"
. "$root/cli/src/build/zstd-library.sh"
zstd_library "$target/app/lib" "$image/lib/libzstd-jni.so"
. "$root/cli/src/build/training.sh"
training_log >"$target/training.log"
"$image/bin/java" $DMARSHAL_JAVA_OPTIONS -XX:AOTCacheOutput="$image/lib/dmarshal.aot" -m dev.dmarshal.cli/dev.dmarshal.cli.Training "$root"/examples/* "$target/training.log" \
  >"$target/image.log" 2>&1 || [ -s "$image/lib/dmarshal.aot" ] || { cat "$target/image.log" >&2; exit 1; }
rm -f "$target/training.log"
tar -C "$target" -czf "$image.tar.gz" "$name"
echo "dmarshal: $image.tar.gz"
