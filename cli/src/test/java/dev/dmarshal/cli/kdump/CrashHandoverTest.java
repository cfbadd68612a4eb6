package dev.dmarshal.cli.kdump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.image.ImageMachines;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.doctor.kdump.Behaviour;
import dev.dmarshal.doctor.kdump.BusyDevice.Buffer;
import dev.dmarshal.doctor.kdump.BusyDevice.CrashDriver;
import dev.dmarshal.doctor.kdump.BusyDevice;
import dev.dmarshal.doctor.kdump.CrashScene;
import dev.dmarshal.doctor.kdump.HandoverReport;
import dev.dmarshal.doctor.kdump.HandoverSimulation;
import dev.dmarshal.doctor.kdump.Moment;
import dev.dmarshal.doctor.kdump.Outcome;
import dev.dmarshal.doctor.kdump.Span;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.TableLocator;
import dev.dmarshal.lab.machine.Machine;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real crash with a disk that still owes an answer and a network card that goes on receiving: what the simulation foretells from the crashed kernel's tables
 * is what happens to packets that arrive while the crash kernel runs. That kernel has no driver for either, so that both are left alone.
 *
 * <p>QEMU drops what reaches no memory without an error, so that the aborts that the simulation foretells show only as packets that are nowhere.
 */
class CrashHandoverTest {

    private static final Duration LONG = Duration.ofSeconds(240);
    private static final Sbdf NIC = new Sbdf(0, 1, 0, 0);
    private static final Sbdf DISK = new Sbdf(0, 2, 0, 0);
    private static final int PACKETS = 16;
    private static final long PAGE = 4096;
    private static final String PLAY = """
            memory 1024
            cmdline intel_iommu=on crashkernel=320M iommu.strict=1
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0 chassis=1
            part pcie-root-port rp2 at=05.0 chassis=2
            offer e1000e nvme
            """;

    @TempDir
    private Path folder;

    /** What was seen of one crash. */
    private record Crash(CrashScene scene, String log, Set<Long> pagesWithPackets, Path ram) {
    }

    @Test
    void whatArrivesAfterTheHandOverGoesToTheOldPages() throws Exception {
        Crash crash = crash("intel_iommu=on");
        Outcome foretold = foretold(crash, Behaviour.COPY, NIC);
        assertThat(foretold.harmless()).isTrue();
        assertThat(foretold(crash, Behaviour.COPY, DISK).harmless()).isTrue();
        Set<Long> old = new HashSet<>();
        crash.scene.devices().getFirst().buffers().forEach(buffer -> old.add(buffer.physical()));
        assertThat(crash.pagesWithPackets).as("packets are in memory").isNotEmpty();
        assertThat(old).as("and only where the crashed kernel meant").containsAll(crash.pagesWithPackets);
        assertThat(crash.log).contains("Copied translation tables from previous kernel").doesNotContain("fault reason");
        Run run = analyze(crash);
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(Exit.FINE);
        assertThat(run.out()).contains("This is how Linux since 6.0 does it.", "01:00.0", "02:00.0", "is a copy of");
        System.out.println(run.out());
    }

    @Test
    void withVtdOffInTheCrashKernelItGoesNowhereAndNothingIsSaid() throws Exception {
        Crash crash = crash("intel_iommu=off");
        Outcome foretold = foretold(crash, Behaviour.IOMMU_OFF, NIC);
        assertThat(foretold.faults()).isEmpty();
        assertThat(foretold.asBefore()).isZero();
        assertThat(foretold.aborts()).as("no address of the card is one of memory").isEqualTo(crash.scene.devices().getFirst().buffers().size());
        assertThat(foretold(crash, Behaviour.COPY, NIC).harmless()).as("it would have been well otherwise").isTrue();
        assertThat(crash.pagesWithPackets).as("packets that reached memory").isEmpty();
        assertThat(crash.log).doesNotContain("Copied translation tables").doesNotContain("fault reason").contains("Copied IR table");
        Run run = analyze(crash);
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("VT-d is off in the crash kernel");
    }

    private static Outcome foretold(Crash crash, Behaviour behaviour, Sbdf device) {
        HandoverReport report = HandoverSimulation.play(crash.scene, behaviour);
        return report.lines().stream().filter(line -> line.device().address().equals(device)).findFirst().orElseThrow().at(Moment.DRIVERS).orElseThrow();
    }

    private Crash crash(String option) throws Exception {
        Path ram = folder.resolve("ram");
        try (Machine machine = ImageMachines.start(PLAY, ram); DatagramSocket wire = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            int port = plug(machine, wire.getLocalPort());
            machine.must("""
                    modprobe e1000e; modprobe nvme
                    n=0; while [ ! -e /sys/class/net/eth0 -o ! -e /dev/nvme0n1 ] && [ $n -lt 60 ]; do sleep 1; n=$((n+1)); mdev -s; done
                    ifconfig eth0 10.0.0.1 up; sleep 4
                    """, LONG);
            send(wire, port, "before");
            machine.must("sleep 1; [ $(cat /sys/class/net/eth0/statistics/rx_packets) -ge " + PACKETS + " ]", LONG);
            machine.must("kexec -p /second/vmlinuz --initrd=/second/initrd --append=\"console=ttyS0,115200 no_timer_check irqpoll nr_cpus=1 reset_devices "
                    + option + "\"", LONG);
            CrashScene scene = scene(machine, ram);
            machine.reboot("for i in 1 2 3 4; do dd if=/dev/nvme0n1 of=/dev/null bs=64k iflag=direct & done; sleep 1; echo c >/proc/sysrq-trigger", LONG);
            send(wire, port, "after!");
            String log = machine.must("sleep 1; dmesg", LONG);
            machine.qmp().execute("stop", Map.of());
            Set<Long> pages = find(ram, "after!");
            System.out.printf("%s: %d pages with packets, %d buffers%n", option, pages.size(), scene.devices().getFirst().buffers().size());
            return new Crash(scene, log, pages, ram);
        }
    }

    /** Plugs in a card whose wire ends in this test, and a disk that takes two seconds for each answer; gives the card's port. */
    private static int plug(Machine machine, int ours) throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        machine.qmp().execute("netdev_add", Map.of("type", "socket", "id", "wire", "udp", "127.0.0.1:" + ours, "localaddr", "127.0.0.1:" + port));
        machine.qmp().execute("device_add", Map.of("driver", "e1000e", "id", "nic", "netdev", "wire", "bus", "rp1"));
        machine.qmp().execute("blockdev-add", Map.of("driver", "null-aio", "node-name", "slow", "size", 1L << 30, "latency-ns", 2_000_000_000L));
        machine.qmp().execute("device_add", Map.of("driver", "nvme", "id", "disk", "drive", "slow", "serial", "slow", "bus", "rp2"));
        return port;
    }

    /** Broadcast packets of an experimental protocol, the same text over and over in each. */
    private static void send(DatagramSocket wire, int port, String text) throws IOException, InterruptedException {
        ByteBuffer frame = ByteBuffer.allocate(600);
        for (int i = 0; i < 6; i++) {
            frame.put((byte) 0xff);
        }
        frame.put(new byte[] {2, 0, 0, 0, 0, 1, (byte) 0x88, (byte) 0xb5});
        while (frame.remaining() >= 32) {
            frame.put(marker(text));
        }
        for (int i = 0; i < PACKETS; i++) {
            wire.send(new DatagramPacket(frame.array(), frame.position(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
            Thread.sleep(50);
        }
    }

    private static byte[] marker(String text) {
        return ("handover " + text + " packet ................").substring(0, 32).getBytes(StandardCharsets.US_ASCII);
    }

    /** The pages of memory that hold a packet's text. */
    private static Set<Long> find(Path ram, String text) throws IOException {
        byte[] marker = marker(text);
        Set<Long> pages = new HashSet<>();
        try (FileChannel channel = FileChannel.open(ram)) {
            MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            byte[] page = new byte[(int) PAGE];
            for (int at = 0; at < memory.capacity(); at += (int) PAGE) {
                memory.get(at, page);
                if (new String(page, StandardCharsets.ISO_8859_1).contains(new String(marker, StandardCharsets.ISO_8859_1))) {
                    pages.add((long) at);
                }
            }
        }
        return pages;
    }

    /** Card and disk with all that the running kernel has mapped for them, as its own tables say. */
    private static CrashScene scene(Machine machine, Path ram) throws Exception {
        String iomem = new String(machine.get("/proc/iomem"), StandardCharsets.UTF_8);
        List<Span> memory = new ArrayList<>();
        Span crash = null;
        Matcher line = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) : (System RAM|Crash kernel)").matcher(iomem);
        while (line.find()) {
            Span span = new Span(Long.parseLong(line.group(1), 16), Long.parseLong(line.group(2), 16));
            if (line.group(3).equals("System RAM")) {
                memory.add(span);
            } else {
                crash = span;
            }
        }
        machine.qmp().execute("stop", Map.of());
        List<BusyDevice> devices = new ArrayList<>();
        try (ImageFile file = ImageFile.open(List.of(ram), new RawLayout.Qemu(true))) {
            MemoryImage image = file.machine().memory();
            UnitTables tables = TableLocator.locate(image, List.of()).units().stream()
                    .filter(unit -> unit.confidence() == Confidence.HIGH && unit.rootTable().isPresent()).findFirst().orElseThrow();
            for (Sbdf address : List.of(NIC, DISK)) {
                List<Buffer> buffers = new ArrayList<>();
                new TreeMap<>(mapped(image, tables, address)).forEach((iova, physical) -> buffers.add(new Buffer("page", iova, physical, PAGE, true)));
                assertThat(buffers).as("what is mapped for %s", address).isNotEmpty();
                devices.add(new BusyDevice(address, "device", 0, false, buffers, List.of(), List.of(), CrashDriver.NONE));
            }
        }
        machine.qmp().execute("cont", Map.of());
        return new CrashScene("the lab", false, false, CrashScene.LINUX_INTERRUPT_SIZE, devices, memory, crash, List.of());
    }

    private static Map<Long, Long> mapped(MemoryImage image, UnitTables tables, Sbdf address) {
        return ImageMachines.pages(image, tables, DeviceScan.scan(image, tables).attachments().stream()
                .filter(attachment -> attachment.device().equals(address.sourceId())).map(Attachment::tree).flatMap(tree -> tree.stream()).toList());
    }

    private Run analyze(Crash crash) throws IOException {
        Path log = Files.writeString(folder.resolve("dmesg"), crash.log);
        return Run.run("kdump", "analyze", log.toString(), crash.ram.toString(), "--layout", "q35");
    }
}
