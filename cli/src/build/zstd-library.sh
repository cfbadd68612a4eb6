# zstd_library LIB TARGET: puts zstd's library for this processor beside the application; without it each start unpacks it anew. Nothing where the jar in LIB has none.
zstd_library() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) zstd_kind=linux/amd64 ;;
    Linux-aarch64) zstd_kind=linux/aarch64 ;;
    *) return 0 ;;
  esac
  zstd_unpacked=$(mktemp -d) || return 0
  zstd_jar=$(cd "$1" && echo "$PWD"/zstd-jni-*.jar)
  (cd "$zstd_unpacked" && "$JAVA_HOME/bin/jar" xf "$zstd_jar" "$zstd_kind") && mv "$zstd_unpacked/$zstd_kind"/*.so "$2"
  rm -rf "$zstd_unpacked"
}
