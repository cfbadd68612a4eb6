# Sourced by mvnw, check and dmarshal: puts a JDK 25 into JAVA_HOME, or says in one line how to get one.
# Looks at JAVA_HOME, the javac on PATH, and the usual folders; reads each JDK's "release" file, so nothing is started.

is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r release_line; do
    case $release_line in
      'JAVA_VERSION="25"' | 'JAVA_VERSION="25.'*) return 0 ;;
    esac
  done <"$1/release"
  return 1
}

find_jdk25() {
  if [ -n "${JAVA_HOME-}" ] && is_jdk25 "$JAVA_HOME"; then
    return 0
  fi
  path_javac=$(command -v javac 2>/dev/null) && path_javac=$(readlink -f "$path_javac")
  for jdk in "${path_javac%/bin/javac}" /usr/lib/jvm/* /opt/java/* /opt/jdk* /usr/java/* /usr/local/java/* /usr/local/jdk* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.asdf/installs/java/*; do
    if [ -n "$jdk" ] && is_jdk25 "$jdk"; then
      JAVA_HOME=$jdk
      export JAVA_HOME
      return 0
    fi
  done
  if apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then
    hint="apt-get install openjdk-25-jdk-headless"
  else
    hint="apt-get install temurin-25-jdk (from Eclipse Adoptium's package repository), or unpack any JDK 25 and set JAVA_HOME"
  fi
  echo "dmarshal needs a JDK 25 and found none in JAVA_HOME, PATH or /usr/lib/jvm. To install one: $hint" >&2
  return 1
}
