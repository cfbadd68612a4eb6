package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import dev.dmarshal.lab.setup.Stock;
import dev.dmarshal.trials.inside.ReadOnlyMapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real kernel on a machine with VT-d, one boot for all: its mappings are those that dmarshal reads from its memory; faults that a real device causes are
 * named by {@code dmarshal doctor} inside, on the live log, with device, reason and address; a capture says outside what the host says inside. On the newer
 * QEMU, because only that records interrupt faults.
 */
@ExtendWith(OnTheLab.class)
class LinuxFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(300);
    private static final String READ_ONLY = "0x5a00000";

    @ParameterizedTest
    @ValueSource(strings = {"linux-6.1", "linux-6.12"})
    void whatDmarshalSaysInsideIsSo(String kernel, Stand stand, @TempDir Path folder) throws Exception {
        Play play = PlayReader.builtIn("linux-faults").onKernel(kernel).withParameters(MappingTruth.PARAMETERS).withDmarshalInside();
        Path memory = folder.resolve("memory");
        Machine machine = stand.start(play.on(play.machine().withMemoryIn(memory)), stand.newerMeans());
        machine.requireRemapping();
        MappingTruth.hold(machine, memory);
        boolean first = kernel.equals(Stock.KERNELS.getFirst());
        LiveWatch watch = first ? LiveWatch.start(machine, "") : null;
        machine.must(play.acts().get(0).script(), LONG);
        writeToReadOnlyMapping(machine);
        System.out.println(machine.must(play.acts().get(1).script(), LONG));
        if (first) {
            assertThat(String.join("\n", watch.end(5))).contains("DMA read from 00:02.0 at 0x41a6000", "DMA write from 00:02.0 at 0x41a7000",
                    "interrupt from 00:02.0, index 0x7ff8", "DMA read from 00:02.0 at 0x41a8000");
        }
        Outcome doctor = machine.run("/opt/dmarshal/bin/dmarshal doctor --json", LONG);
        System.out.printf("doctor took %d ms inside%n", doctor.took().toMillis());
        assertThat(doctor.exitCode()).as(doctor.describe()).hasValue(1);
        assertThat(FaultWords.of(doctor.out())).contains(
                "dma read 0x6 of 0000:00:02.0 at 0x41a6000",
                "dma write 0x5 of 0000:00:02.0 at 0x41a7000-" + READ_ONLY,
                "interrupt unknown 0x22 of 0000:00:02.0 at 0x7ff8",
                "dma read 0x2 of 0000:00:02.0 at 0x41a8000");
        if (first) {
            new CaptureTruth(machine, folder).hold(doctor.out());
        }
    }

    /** The device may read the page: were that a fault too, it would be among those that doctor lists. */
    private static void writeToReadOnlyMapping(Machine machine) throws Exception {
        String name = ReadOnlyMapping.class.getName();
        machine.put("/tmp/ReadOnlyMapping.class", bytes(ReadOnlyMapping.class), false);
        String file = name.replace('.', '/') + ".class";
        machine.must("mkdir -p /tmp/classes/" + file.substring(0, file.lastIndexOf('/')) + " && mv /tmp/ReadOnlyMapping.class /tmp/classes/"
                + file, Stand.MOMENT);
        String printed = machine.must("""
                modprobe vfio-pci && modprobe vfio_iommu_type1
                d=/sys/bus/pci/devices/0000:00:02.0
                echo 0 >$d/enable
                echo vfio-pci >$d/driver_override
                echo 0000:00:02.0 >/sys/bus/pci/drivers_probe
                group=$(basename $(readlink $d/iommu_group))
                [ -e /dev/vfio/$group ] || mdev -s
                /opt/dmarshal/bin/java -XX:+UseSerialGC -Xint --enable-native-access=ALL-UNNAMED -cp /tmp/classes %s $group 0000:00:02.0 %s
                echo 0000:00:02.0 >/sys/bus/pci/drivers/vfio-pci/unbind
                echo >$d/driver_override
                """.formatted(name, READ_ONLY), LONG);
        assertThat(printed).contains("read from the mapping", "wrote to the mapping");
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            return in.readAllBytes();
        }
    }
}
