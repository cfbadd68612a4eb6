# The options that both the training run and every later run need: an AOT cache is refused when they differ.
DMARSHAL_JAVA_OPTIONS="-XX:+UseSerialGC -Xms16m -Xmx192m -XX:-UsePerfData -Xlog:disable -Xlog:all=off --enable-native-access=com.github.luben.zstd_jni"
