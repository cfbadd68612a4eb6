package dev.dmarshal.host.log;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Kernel logs of any size for measurements: the same bytes for the same arguments. */
final class BenchLogs {

    private static final List<String> NOISE = List.of("usb 1-%d: new high-speed USB device number %d using xhci_hcd",
            "EXT4-fs (sda%d): mounted filesystem with ordered data mode. Quota mode: %d.", "IPv6: ADDRCONF(NETDEV_CHANGE): eth%d: link becomes ready %d",
            "audit: type=1400 audit(1713261234.%d:%d): apparmor=\"STATUS\" operation=\"profile_load\" pid=612 comm=\"apparmor_parser\"",
            "systemd[1]: Started Session %d of user root number %d.", "br0: port 3(veth%d) entered blocking state %d",
            "sd 2:0:%d:0: [sda] %d 512-byte logical blocks: (480 GB/447 GiB)", "e1000e: eth%d NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx %d");

    private BenchLogs() {
    }

    /** Writes at least {@code bytes} of which one line in {@code every} is a fault of Linux 5.15 and later; answers the number of faults. */
    static long write(Path path, long bytes, int every, long seed) throws IOException {
        Random random = new Random(seed);
        long written = 0;
        long faults = 0;
        long micros = 0;
        try (BufferedWriter out = Files.newBufferedWriter(path, StandardCharsets.US_ASCII)) {
            for (long line = 1; written < bytes; line++) {
                micros += random.nextInt(9000);
                boolean fault = line % every == 0;
                String text = "[%5d.%06d] %s%n".formatted(micros / 1_000_000, micros % 1_000_000, fault ? fault(random)
                        : NOISE.get(random.nextInt(NOISE.size())).formatted(random.nextInt(100), random.nextInt(100_000)));
                faults += fault ? 1 : 0;
                written += text.length();
                out.write(text);
            }
        }
        return faults;
    }

    private static String fault(Random random) {
        return "DMAR: [DMA Read NO_PASID] Request device [%02x:%02x.%d] fault addr 0x%x [fault reason 0x06] PTE Read access is not set"
                .formatted(random.nextInt(256), random.nextInt(32), random.nextInt(8), random.nextLong(1L << 40) & ~0xfffL);
    }
}
