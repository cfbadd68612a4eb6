# The options that both the training run and every later run need: an AOT cache is refused when they differ.
# -AOTReplayTraining: compiling by the profiles in the cache costs more at every start than it gives: doctor on a short log took 0.158 s of CPU with it, 0.146 s without.
# -AOTAdapterCaching, -AOTStubCaching: JDK 25.0.3 keeps machine code of the training machine in the cache and does not ask whether this processor knows its
# instructions: a cache made where there is AVX ended in SIGILL (AdapterBlob) on QEMU's qemu64 under Xen.
DMARSHAL_JAVA_OPTIONS="-XX:+UseSerialGC -Xms16m -Xmx192m -XX:-UsePerfData -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining -XX:-AOTAdapterCaching -XX:-AOTStubCaching -Xlog:disable -Xlog:all=off --enable-native-access=com.github.luben.zstd_jni,com.sun.jna"
# Commands that look at a host end before C2 has paid: a survey of 10,000 functions took 10.6 s of CPU with it and 6.8 s without. The cache takes either.
# watch costs 0.9 and 1.3 s of CPU for 20 s at 10,000 lines a second without C2, 3.0 and 5.5 with it, and 2,000,000 lines at once 2.7 s instead of 3.9.
# The doctor and what reads images run loops over gigabytes, and keep it.
DMARSHAL_SHORT_COMMANDS="survey groups check assignable what-if capture plan status watch"
DMARSHAL_SHORT_OPTIONS="-XX:TieredStopAtLevel=1"
