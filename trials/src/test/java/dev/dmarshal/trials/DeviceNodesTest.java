package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Means;
import dev.dmarshal.lab.setup.LinuxKernel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * VFIO's node for each device beside that of the group, on a kernel that has them. Debian's have not (no CONFIG_IOMMUFD in 6.1, 6.12 and 7.3.4), so the kernel
 * is one's own: {@code -Diommufd.kernel=TREE/boot/vmlinuz-RELEASE}, with its modules unpacked (.ko) in {@code TREE/lib/modules/RELEASE};
 * {@code docs/passthrough.md} says how to come by one.
 */
@ExtendWith(OnTheLab.class)
@EnabledIfSystemProperty(named = "iommufd.kernel", matches = ".+", disabledReason = "needs a kernel with CONFIG_IOMMUFD, -Diommufd.kernel=")
class DeviceNodesTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void bothKindsOfNodesComeAndGo(Stand stand) throws Exception {
        Path image = Path.of(System.getProperty("iommufd.kernel"));
        LinuxKernel kernel = LinuxKernel.of(image, image.resolveSibling("../lib/modules").normalize());
        Means usual = stand.means();
        Means means = new Means(usual.program(), usual.stock(), Optional.of(kernel), usual.xen(), usual.initrd(), usual.image());
        Machine machine = stand.start(GroupOfTwo.play("offer iommufd\n"), means);
        machine.must("mkdir /keep", Stand.MOMENT);
        // Plans, applies, undoes; ends with an error unless sysfs and the nodes are then byte for byte as before.
        GroupOfTwo.prepare(machine);
        machine.must(GroupOfTwo.REHEARSAL + " end none 0", LONG);
        String nodes = machine.must("ls /dev/vfio /dev/vfio/devices; modprobe iommufd; " + GroupOfTwo.JAVA
                + "HeldDevice $(for n in 1 2; do echo /dev/vfio/devices/$(ls /sys/bus/pci/devices/0000:0$n:00.0/vfio-dev); done) 2>&1", LONG);
        System.out.print(nodes);
        assertThat(nodes).contains("/dev/vfio/devices/vfio0 is bound to iommufd").contains("/dev/vfio/devices/vfio1 is bound to iommufd");
        assertThat(machine.must(GroupOfTwo.REHEARSAL + " settle undo 2>&1; ls /dev/vfio/devices 2>/dev/null || true", LONG)).isEqualTo("ok settled\n");
    }
}
