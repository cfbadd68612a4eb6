# Sourced by the scripts in this folder that run a class of bench: builds when a source is newer than the build, then leaves the class path in $bench_classpath.
# Needs $here, the checkout.
. "$here/.mvn/jdk25.sh"
find_jdk25 || exit 1
bench_built=$here/bench/target/classpath
if [ ! -f "$bench_built" ] || [ ! -d "$here/bench/target/classes/dev" ] ||
  [ -n "$(find "$here"/pom.xml "$here"/*/pom.xml "$here"/*/src/main -newer "$bench_built" -print -quit)" ]; then
  bench_log=${TMPDIR:-/tmp}/dmarshal-bench.$$
  if ! (cd "$here" && ./mvnw -B -ntp -q -pl bench -am -DskipTests package -DincludeScope=runtime dependency:build-classpath -Dmdep.outputFile=target/classpath) \
    >"$bench_log" 2>&1; then
    tail -n 30 "$bench_log" >&2
    rm -f "$bench_log"
    exit 70
  fi
  rm -f "$bench_log"
  touch "$bench_built"
fi
bench_classpath=$here/bench/target/classes:$(cat "$bench_built")
