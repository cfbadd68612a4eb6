# The options that both the training run and every later run need: an AOT cache is refused when they differ.
# -AOTReplayTraining: compiling by the profiles in the cache costs more at every start than it gives: doctor on a short log took 0.158 s of CPU with it, 0.146 s without.
DMARSHAL_JAVA_OPTIONS="-XX:+UseSerialGC -Xms16m -Xmx192m -XX:-UsePerfData -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining -Xlog:disable -Xlog:all=off --enable-native-access=com.github.luben.zstd_jni,com.sun.jna"
