package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.PlayReader;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * SR-IOV on a real kernel with QEMU's {@code igb} (since QEMU 8.0, hence the newer one): a virtual function is given away, alone, and taken back; the physical
 * one that carries it is refused meanwhile.
 */
@ExtendWith(OnTheLab.class)
class VirtualFunctionTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String PLAY = """
            memory 1024
            kernel linux-6.12
            part pcie-root-port rp1 at=04.0
            part igb card on=rp1
            load igb igbvf
            offer vfio-pci vfio_iommu_type1
            share classes %s /opt/classes
            dmarshal
            """;

    @Test
    void aVirtualFunctionGoesAloneAndTheCardStays(Stand stand) throws Exception {
        String text = PLAY.formatted(Path.of("target/test-classes").toAbsolutePath());
        Machine machine = stand.start(PlayReader.text("virtual-functions", text), stand.newerMeans());
        String functions = machine.must("mkdir /keep; echo 2 >/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs;"
                + " for f in 0 1; do basename $(readlink -f /sys/bus/pci/devices/0000:01:00.0/virtfn$f); done", Stand.MOMENT);
        System.out.print(functions);
        assertThat(functions).isEqualTo("0000:01:10.0\n0000:01:10.2\n");
        // Plans, applies, undoes; ends with an error unless sysfs is then byte for byte as before.
        assertThat(machine.must(GroupOfTwo.REHEARSAL + " prepare 01:10.0", LONG)).startsWith("4 steps ");
        machine.must(GroupOfTwo.REHEARSAL + " end none 0", LONG);
        assertThat(machine.must("for f in 01:00.0 01:10.0 01:10.2; do basename $(readlink /sys/bus/pci/devices/0000:$f/driver); done", Stand.MOMENT))
                .isEqualTo("igb\nvfio-pci\nigbvf\n");
        Outcome card = machine.run("/opt/dmarshal/bin/dmarshal plan 01:00.0", LONG);
        System.out.print(card.out());
        assertThat(card.exitCode()).as(card.describe()).hasValue(1);
        assertThat(card.out()).contains("sriov_numvfs");
    }
}
