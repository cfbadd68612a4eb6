# training_log: a log that is large enough for the scanner's selective way, so that the cache holds profiles of its loops. The JIT then compiles them at once.
training_log() {
  awk 'BEGIN {
    for (n = 0; n < 400000; n++) {
      if (n % 1000 == 0) {
        printf "[%5d.%06d] DMAR: [DMA Read NO_PASID] Request device [%02x:00.0] fault addr 0x%x000 [fault reason 0x06] PTE Read access is not set\n", n / 1000, n, n % 7, n
      } else {
        printf "[%5d.%06d] audit: type=1400 audit(17000000%02d.123:%d): apparmor=\"STATUS\" operation=\"profile_load\" pid=%d\n", n / 1000, n, n % 60, n, n
      }
    }
  }'
}
