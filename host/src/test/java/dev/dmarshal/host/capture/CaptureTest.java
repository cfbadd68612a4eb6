package dev.dmarshal.host.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.Remark;
import dev.dmarshal.host.SourceKind;
import dev.dmarshal.host.files.TarBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures: what goes in comes out, and what is personal does not. */
class CaptureTest {

    private static final byte[] KEY = "a key that is the same every time".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private static Capture capture(HostRoot host, boolean full) {
        return Capture.of(host, Inputs.standard(), new Capture.Making(full, "dmarshal test", "2026-01-01T00:00:00Z", KEY));
    }

    private static byte[] packed(Capture capture) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        capture.write(out);
        return out.toByteArray();
    }

    private HostRoot open(byte[] bytes) throws IOException {
        Path file = Files.createTempFile(folder, "capture", ".tar.zst");
        return HostRoot.open(Files.write(file, bytes)).present().orElseThrow();
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    @Test
    void aCaptureAnswersAsTheMachineDid() throws IOException {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            Path root = Files.createDirectories(folder.resolve("machine" + round));
            new FakeMachine(root).random(random);
            HostRoot machine = HostRoot.ofWhole(root);
            HostRoot captured = open(packed(capture(machine, true)));
            assertThat(captured.kind()).isEqualTo(SourceKind.CAPTURE);
            assertThat(captured.remarks()).isEmpty();
            int asked = 0;
            for (Input row : Inputs.standard().rows()) {
                for (String path : paths(machine, row)) {
                    assertThat(answer(captured, row, path)).as("%s, seed %d round %d", path, seed, round).isEqualTo(answer(machine, row, path));
                    asked++;
                }
            }
            assertThat(asked).isGreaterThan(150);
            assertThat(captured.text("/never/asked/for")).isInstanceOf(Reading.Denied.class);
        }
    }

    /** Paths that a row is about: its pattern with stars made into names that are there, and one that is not. */
    private static List<String> paths(HostRoot host, Input row) {
        List<String> paths = new ArrayList<>();
        if (row.how() == Input.How.COMMAND || row.how() == Input.How.OPEN) {
            return paths;
        }
        for (String pattern : Inputs.expand(row.path())) {
            List<String> found = List.of("");
            for (String part : pattern.replace("{release}", "6.1.0-9-amd64").substring(1).split("/")) {
                List<String> next = new ArrayList<>();
                for (String above : found) {
                    List<String> names = part.contains("*") || part.contains("[") ? host.list(above.isEmpty() ? "/" : above).present().orElse(List.of())
                            .stream()
                            .filter(name -> Inputs.glob(part).matcher(name).matches()).toList() : List.of(part);
                    names.forEach(name -> next.add(above + "/" + name));
                }
                found = next;
            }
            paths.addAll(found);
        }
        return paths;
    }

    private static String answer(HostRoot host, Input row, String path) {
        return switch (row.how()) {
            case FILE -> words(host.bytes(path).map(Arrays::toString));
            case LINK -> host.link(path).present().map(link -> "link " + link).orElse("none");
            case NAMES -> words(host.list(path).map(List::toString)) + host.whole(path);
            default -> host.has(path) + " " + (host.has(path) ? "" : host.bytes(path).getClass().getSimpleName());
        };
    }

    private static String words(Reading<String> reading) {
        return reading.getClass().getSimpleName() + " " + reading.present().orElse("");
    }

    private static final List<String> SECRETS = List.of("5fa01c7e-0b1d-4a52-9d6f-0c54a1bb0e77", "0c54a1bb", "9b2e77f0c4d14f7a8e21b07dd3a6c955", "A1B2-C3D4",
            "a4:bb:6d:01:22:f3",
            "a4bb6d0122f3", "203.0.113.77", "2a02:8071::77fe", "wintermute", "example-estate.net", "gibson", "henrydorsett", "case", "SN0X44SERIAL", "S4EWNX0R",
            "5000c500deadbeef", "hunter2", "grub.pbkdf2.sha512.10000.ABCDEF", "flatline@chiba.example", "maelcum", "secretshare", "straylight", "K7Q-ASSET",
                    "zion");

    /** Secrets in every place that a capture looks at. */
    private FakeMachine planted(Path root) throws IOException {
        byte[] config = new byte[4096];
        config[0x100] = 0x0b;
        config[0x102] = 0x01;
        config[0x103] = 0x15;
        System.arraycopy(new byte[] {3, 0, 1, 0}, 0, config, 0x150, 4);
        System.arraycopy(new byte[] {(byte) 0xf3, 0x22, 0x01, (byte) 0xff, (byte) 0xff, 0x6d, (byte) 0xbb, (byte) 0xa4}, 0, config, 0x154, 8);
        FakeMachine machine = new FakeMachine(root);
        machine.bytes(machine.function("0000:03:00.0") + "/config", config);
        return machine.file("/proc/sys/kernel/osrelease", "6.1.0-9-amd64\n").file("/proc/sys/kernel/hostname", "wintermute.example-estate.net\n")
                .file("/etc/hostname", "wintermute\n").folder("/home/gibson").file("/etc/passwd",
                        "henrydorsett:x:1001:1001:Henry,,,:/home/henrydorsett:/bin/sh\n")
                .file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=5fa01c7e-0b1d-4a52-9d6f-0c54a1bb0e77 ip=203.0.113.77 intel_iommu=on"
                        + " rd.password=hunter2 user=maelcum\n")
                .file("/proc/mounts", "/dev/sda1 / ext4 rw 0 0\n//203.0.113.77/secretshare /mnt/straylight cifs rw,username=maelcum,password=hunter2 0 0\n"
                        + "/dev/sdb1 /home/gibson/zion ext4 rw 0 0\n")
                .file("/proc/net/route", "Iface\tDestination\tGateway\tFlags\neth0\t00000000\t4D7100CB\t0003\n")
                .file("/proc/interrupts", " 30: 5 PCI-MSIX-0000:03:00.0 enxa4bb6d0122f3-rx-0\n")
                .file("/sys/class/net/enxa4bb6d0122f3/address", "a4:bb:6d:01:22:f3\n").link("/sys/class/net/enxa4bb6d0122f3/device", "../../../devices/x")
                .file("/sys/devices/virtual/dmi/id/product_serial", "SN0X44SERIAL\n").file("/sys/devices/virtual/dmi/id/board_asset_tag", "K7Q-ASSET\n")
                .file("/sys/devices/virtual/dmi/id/product_uuid", "5fa01c7e-0b1d-4a52-9d6f-0c54a1bb0e77\n")
                .file("/sys/class/block/sda/device/serial", "S4EWNX0R\n").file("/sys/class/block/sda/device/wwid", "naa.5000c500deadbeef\n")
                .link("/dev/disk/by-uuid/5fa01c7e-0b1d-4a52-9d6f-0c54a1bb0e77", "../../sda1").link("/dev/disk/by-uuid/A1B2-C3D4", "../../sda2")
                .link("/dev/disk/by-label/zion", "../../sdb1").file("/etc/default/grub",
                        "GRUB_CMDLINE_LINUX=\"root=LABEL=zion\" # ask flatline@chiba.example\n")
                .file("/boot/grub/grub.cfg", "password_pbkdf2 gibson grub.pbkdf2.sha512.10000.ABCDEF\nsearch --fs-uuid 5fa01c7e-0b1d-4a52-9d6f-0c54a1bb0e77\n")
                .file("/boot/loader/entries/9b2e77f0c4d14f7a8e21b07dd3a6c955-6.1.0.conf",
                        "machine-id 9b2e77f0c4d14f7a8e21b07dd3a6c955\noptions root=UUID=A1B2-C3D4\n")
                .file("/etc/xen/case.cfg", "name = \"case\"\n")
                .file("/.output/xl-list", "Name                                        ID   Mem VCPUs\tState\tTime(s)\nDomain-0   0  4096  4 r----- "
                        + " 1.0\ncase   3  512 1 -b---- 2\n")
                .file("/.output/dmesg", """
                        [    0.000000] Linux version 6.1.0-9-amd64 (flatline@chiba.example) #1
                        [    1.000000] ixgbe 0000:03:00.0: a4:bb:6d:01:22:f3
                        [    1.100000] usb 1-1: SerialNumber: SN0X44SERIAL
                        [    1.200000] systemd[1]: Hostname set to <wintermute>.
                        [    1.300000] systemd[1]: Mounting /home/henrydorsett on wintermute-data...
                        [    1.400000] audit: type=1100 audit(1700000000.1:3): pid=1 acct="maelcum" addr=203.0.113.77
                        [    1.500000] IPv6 route to 2a02:8071::77fe via eth0, scsi naa.5000c500deadbeef
                        [    1.600000] dev-disk-by\\x2duuid-5fa01c7e\\x2d0b1d\\x2d4a52\\x2d9d6f\\x2d0c54a1bb0e77.device
                        [    2.000000] DMAR: [DMA Write NO_PASID] Request device [03:00.0] fault addr 0xdeadb000 [fault reason 0x05] PTE Write access is not set
                        [    2.100000] pci 0000:03:00.0: [8086:10fb] type 00 class 0x020000
                        """);
    }

    @Test
    void nothingPersonalIsInACapture() throws IOException {
        planted(folder);
        byte[] tar = unpacked(packed(capture(HostRoot.ofWhole(folder), false)));
        String text = new String(tar, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        for (String secret : SECRETS) {
            assertThat(text).doesNotContainPattern("(?<![a-z0-9])" + java.util.regex.Pattern.quote(secret.toLowerCase(Locale.ROOT)) + "(?![a-z0-9])");
        }
        assertThat(text).doesNotContain("4d7100cb").doesNotContain("enxa4bb");
        assertThat(text).doesNotContain(new String(new byte[] {(byte) 0xf3, 0x22, 0x01, (byte) 0xff, (byte) 0xff, 0x6d, (byte) 0xbb, (byte) 0xa4},
                StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
    }

    @Test
    void whatIsNotPersonalStaysAndMasksAreConsistent() throws IOException {
        planted(folder);
        HostRoot host = open(packed(capture(HostRoot.ofWhole(folder), false)));
        String log = new String(host.output(HostCommand.DMESG).present().orElseThrow(), StandardCharsets.UTF_8);
        assertThat(log).contains("DMAR: [DMA Write NO_PASID] Request device [03:00.0] fault addr 0xdeadb000 [fault reason 0x05]")
                .contains("pci 0000:03:00.0: [8086:10fb] type 00 class 0x020000").contains("Linux version 6.1.0-9-amd64");
        String line = host.text("/proc/cmdline").present().orElseThrow();
        assertThat(line).contains("intel_iommu=on").contains("BOOT_IMAGE=/vmlinuz");
        String uuid = line.replaceAll("(?s).*root=UUID=(\\S+).*", "$1");
        assertThat(host.list("/dev/disk/by-uuid").present().orElseThrow()).contains(uuid);
        assertThat(host.linkName("/dev/disk/by-uuid/" + uuid).present()).contains("sda1");
        assertThat(log).contains(uuid.replace("-", "\\x2d"));
        assertThat(host.text("/boot/grub/grub.cfg").present().orElseThrow()).contains(uuid);
        String mac = host.list("/sys/class/net").present().orElseThrow().getFirst().substring(3);
        String address = host.text("/sys/class/net/enx" + mac + "/address").present().orElseThrow().strip();
        assertThat(address.replace(":", "")).isEqualTo(mac);
        assertThat(log).contains("ixgbe 0000:03:00.0: " + address);
        assertThat(host.text("/proc/interrupts").present().orElseThrow()).contains("enx" + mac + "-rx-0").contains("PCI-MSIX-0000:03:00.0");
        String serial = host.text("/sys/devices/virtual/dmi/id/product_serial").present().orElseThrow().strip();
        assertThat(log).contains("SerialNumber: " + serial);
        String entry = host.list("/boot/loader/entries").present().orElseThrow().getFirst();
        assertThat(host.text("/boot/loader/entries/" + entry).present().orElseThrow()).contains("machine-id " + entry.substring(0, 32));
        String small = host.text("/boot/loader/entries/" + entry).present().orElseThrow().replaceAll("(?s).*root=UUID=(\\S+).*", "$1");
        assertThat(host.linkName("/dev/disk/by-uuid/" + small).present()).contains("sda2");
        String label = host.text("/etc/default/grub").present().orElseThrow().replaceAll("(?s).*LABEL=([^\"]+).*", "$1");
        assertThat(host.linkName("/dev/disk/by-label/" + label).present()).contains("sdb1");
        assertThat(host.text("/proc/mounts").present().orElseThrow()).contains("/dev/sda1 / ext4 rw 0 0").contains("/dev/sdb1 /home/");
        assertThat(host.bytes("/sys/bus/pci/devices/0000:03:00.0/config").present().orElseThrow()).hasSize(4096);
    }

    /** Else a card that is merely up would look, from its capture, as if routes were on it. */
    @Test
    void linkLocalAndMulticastRoutesStayWhatTheyAre() throws IOException {
        planted(folder);
        String rest = " 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n";
        String own = "fe80000000000000021122fffe334455";
        Files.createDirectories(folder.resolve("proc/net"));
        Files.writeString(folder.resolve("proc/net/ipv6_route"), "fe800000000000000000000000000000" + rest + "ff000000000000000000000000000000" + rest + own
                + rest
                + "20010db8000000000000000000000005" + rest);
        String routes = open(packed(capture(HostRoot.ofWhole(folder), false))).text("/proc/net/ipv6_route").present().orElseThrow();
        assertThat(routes).contains("fe800000000000000000000000000000" + rest, "ff000000000000000000000000000000" + rest, "\nfe80000000000000")
                .doesNotContain(own, "021122fffe334455", "20010db8");
    }

    @Test
    void fullMasksNothing() throws IOException {
        planted(folder);
        HostRoot host = open(packed(capture(HostRoot.ofWhole(folder), true)));
        assertThat(host.text("/etc/hostname").present()).contains("wintermute\n");
        assertThat(host.text("/etc/xen/case.cfg").present()).isPresent();
    }

    @Test
    void anotherKeyGivesOtherMasks() throws IOException {
        planted(folder);
        HostRoot one = open(packed(capture(HostRoot.ofWhole(folder), false)));
        Capture.Making making = new Capture.Making(false, "dmarshal test", "2026-01-01T00:00:00Z",
                "another key, just as long as that".getBytes(StandardCharsets.US_ASCII));
        HostRoot other = open(packed(Capture.of(HostRoot.ofWhole(folder), Inputs.standard(), making)));
        assertThat(one.text("/proc/cmdline").present()).isNotEqualTo(other.text("/proc/cmdline").present());
    }

    @Test
    void anUnpackedCaptureAnswersAsThePackedOne() throws IOException {
        Path root = Files.createDirectories(folder.resolve("machine"));
        new FakeMachine(root).random(new Random(7));
        byte[] packed = packed(capture(HostRoot.ofWhole(root), false));
        HostRoot one = open(packed);
        Path unpacked = Files.createDirectories(folder.resolve("unpacked"));
        Process tar = new ProcessBuilder("tar", "-xf", "-", "-C", unpacked.toString()).start();
        try (OutputStream in = tar.getOutputStream()) {
            in.write(unpacked(packed));
        }
        assertThat(waitFor(tar)).isZero();
        HostRoot other = HostRoot.open(unpacked).present().orElseThrow();
        assertThat(other.kind()).isEqualTo(SourceKind.CAPTURE);
        for (Input row : Inputs.standard().rows()) {
            for (String path : paths(one, row)) {
                assertThat(answer(other, row, path)).as(path).isEqualTo(answer(one, row, path));
            }
        }
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aLaterVersionIsReadAndSaidToBeOne() throws IOException {
        String manifest = """
                {"format": "dmarshal-capture", "version": 7, "novelty": {"a": [1, {"b": 2}]}, "writer": "dmarshal 9", "kernel": null, "full": false,
                 "entries": 2,
                 "looked": [{"names": ["swaps"], "folders": ["/proc"], "since": 3}], "denied": {"/proc/iomem": "permission denied"}, "withheld": {}, "cut": []}
                """;
        TarBytes tar = new TarBytes().file("manifest.json", manifest).file("novel/thing", "x").file("root/proc/cmdline", "quiet\n")
                .file("output/dmesg", "hello\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZstdOutputStream out = new ZstdOutputStream(bytes)) {
            out.write(tar.bytes());
        }
        HostRoot host = open(bytes.toByteArray());
        assertThat(host.remarks()).extracting(Remark::label).containsExactly("capture-later-version");
        assertThat(host.text("/proc/cmdline").present()).contains("quiet\n");
        assertThat(host.text("/proc/swaps")).isInstanceOf(Reading.Absent.class);
        assertThat(host.text("/proc/iomem").trouble()).contains("/proc/iomem: permission denied");
        assertThat(host.text("/proc/mounts")).isInstanceOf(Reading.Denied.class);
    }

    @Test
    void aCaptureThatLostEntriesKnowsNothingOfWhatItLacks() throws IOException {
        byte[] noise = new byte[900_000];
        new Random(3).nextBytes(noise);
        new FakeMachine(folder.resolve("machine")).file("/proc/cmdline", "quiet\n").bytes("/proc/iomem", noise).bytes("/sys/firmware/acpi/tables/DMAR", noise)
                .file("/proc/sys/kernel/osrelease", "6.1.0\n");
        byte[] packed = packed(capture(HostRoot.ofWhole(folder.resolve("machine")), false));
        byte[] tar = unpacked(packed);
        HostRoot whole = open(tar);
        assertThat(whole.text("/proc/swaps")).isInstanceOf(Reading.Absent.class);
        HostRoot cut = open(Arrays.copyOf(tar, tar.length - 2048));
        assertThat(cut.text("/proc/swaps")).isInstanceOf(Reading.Denied.class);
        assertThat(cut.remarks()).isNotEmpty();
        HostRoot damaged = open(Arrays.copyOf(packed, packed.length * 3 / 4));
        assertThat(damaged.remarks()).extracting(Remark::label).containsExactly("archive-damaged");
        assertThat(damaged.text("/proc/cmdline").present()).contains("quiet\n");
        assertThat(damaged.text("/proc/swaps")).isInstanceOf(Reading.Denied.class);
    }

    @Test
    void everyRowOfTheListSaysWhatItIsForAndIsBounded() {
        for (Input row : Inputs.standard().rows()) {
            assertThat(row.purpose()).isNotBlank();
            assertThat(row.how() == Input.How.COMMAND || row.path().startsWith("/")).as(row.path()).isTrue();
            boolean content = row.how() == Input.How.FILE || row.how() == Input.How.COMMAND;
            assertThat(row.mostBytes() > 0).as(row.path()).isEqualTo(content);
        }
        for (HostCommand command : HostCommand.values()) {
            assertThat(Inputs.standard().rows()).anyMatch(row -> row.path().equals(String.join(" ", command.words())));
        }
    }
}
