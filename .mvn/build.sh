# Sourced by dmarshal: builds the application quietly; what Maven says is shown only if it fails. One build at a time, however many are started.
build_app() {
  . "$here/.mvn/jdk25.sh"
  find_jdk25 || return 1
  mkdir -p "$here/cli/target" || return 1
  echo "dmarshal: building ..." >&2
  if ! (
    if command -v flock >/dev/null 2>&1; then flock 9; fi
    cd "$here" && ./mvnw -B -ntp -q -DskipTests -pl cli -am package
  ) 9>"$here/cli/target/build.lock" >"$here/cli/target/build.log" 2>&1; then
    tail -n 40 "$here/cli/target/build.log" >&2
    echo "dmarshal: the build failed; all of its output is in cli/target/build.log" >&2
    return 1
  fi
  IFS= read -r java_home <"$app/java-home"
}
