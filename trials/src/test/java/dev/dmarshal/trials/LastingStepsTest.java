package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.PlayReader;
import dev.dmarshal.lab.setup.LinuxKernel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What outlasts a restart, on a real Debian with its own GRUB tools and initramfs-tools: the files, what {@code update-grub} and {@code update-initramfs}
 * make of them, a start of the very kernel, initramfs and command line that are in GRUB's menu then, and the undo. GRUB itself does not run: kexec starts what its menu
 * says. Takes minutes, so it is not part of {@code ./check}:
 * {@code ./mvnw -pl trials -am -Dlab=required -Dtrials.without= -Dtest=LastingStepsTest -Dsurefire.failIfNoSpecifiedTests=false verify}
 * (once before: {@code ./dmarshal lab setup disk-boot}, as root).
 */
@Tag("long")
@ExtendWith(OnTheLab.class)
class LastingStepsTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String PLAY = """
            memory 1536
            root boot
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0
            part e1000e nic on=rp1
            load e1000e
            offer vfio-pci vfio_iommu_type1
            share kexec %s /kexec
            dmarshal
            """;
    /** The host as its administrator has it, and an init that only starts the lab's agent. */
    private static final String INSTALL = """
            set -e
            r=$(uname -r)
            cp /second/vmlinuz /boot/vmlinuz-$r
            # By its path: the shell is busybox's and would take its own, which writes no index that Debian's modprobe reads.
            /sbin/depmod $r
            sed -i 's/^GRUB_CMDLINE_LINUX_DEFAULT=.*/GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on"/' /etc/default/grub
            # The lab's modules are not where MODULES=most looks for them.
            printf 'nvme\\ncrc32c_generic\\next4\\ne1000e\\n' >>/etc/initramfs-tools/modules
            mkdir -p /opt/lab
            cp /run/lab/busybox /run/lab/agent.sh /opt/lab/
            cat >/opt/lab/init <<'INIT'
            #!/opt/lab/busybox sh
            bb=/opt/lab/busybox
            $bb mount -o remount,rw /
            $bb grep -q ' /proc ' /proc/mounts || $bb mount -t proc proc /proc
            $bb mount -t sysfs sys /sys 2>/dev/null
            $bb mount -t devtmpfs dev /dev 2>/dev/null
            $bb mount -t tmpfs run /run
            $bb mkdir -p /run/lab
            $bb cp /opt/lab/busybox /opt/lab/agent.sh /run/lab/
            while :; do $bb sh /run/lab/agent.sh; $bb sleep 1; done
            INIT
            chmod +x /opt/lab/init
            # As udev would have it, which only the initramfs starts here: GRUB's menu names the root by it where it is there, now and after the restart.
            mkdir -p /dev/disk/by-uuid
            ln -s /dev/nvme0n1 /dev/disk/by-uuid/$(/sbin/blkid -s UUID -o value /dev/nvme0n1)
            update-initramfs -c -k $r
            update-grub 2>&1
            cp /boot/grub/grub.cfg /root/
            """;
    private static final String FILES = "cd / && find etc boot/grub -type f | sort | xargs sha256sum";
    private static final String INSIDE = "lsinitramfs /boot/initrd.img-$(uname -r) | sort";
    private static final String START = """
            r=$(uname -r)
            line=$(sed -n 's/^[[:space:]]*linux[[:space:]]*[^[:space:]]*//p' /boot/grub/grub.cfg | head -n 1)
            export LD_LIBRARY_PATH=/kexec/usr/lib/x86_64-linux-gnu
            /kexec/sbin/kexec -l /boot/vmlinuz-$r --initrd=/boot/initrd.img-$r \
              --command-line="$line console=ttyS0,115200 no_timer_check panic=-1 init=/opt/lab/init"
            sync
            /kexec/sbin/kexec -e
            """;

    @Test
    void filesProgramsRestartAndUndo(Stand stand) throws Exception {
        LinuxKernel kernel = stand.stock().kernel("linux-6.1");
        Machine machine = stand.start(PlayReader.text("lasting-steps", PLAY.formatted(stand.stock().kexecTree())));
        machine.put("/boot/config-" + kernel.release(), Files.readAllBytes(kernel.image().resolveSibling("config-" + kernel.release())), false);
        System.out.print(machine.must(INSTALL, LONG));
        String files = machine.must(FILES, LONG);
        String inside = machine.must(INSIDE, LONG);
        assertThat(inside).contains("/e1000e.ko").doesNotContain("vfio_pci.ko");

        Outcome plan = dmarshal(machine, "plan 01:00.0 --boot --parameter iommu.strict=1 -o /root/plan.json", 0);
        assertThat(plan.out()).contains("+GRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=on iommu.strict=1\"\n")
                .contains("-GRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=on\"\n").contains("+vfio-pci\n").contains("+softdep e1000e pre: vfio-pci\n")
                .contains("+options vfio-pci ids=8086:10d3\n").contains("update-grub").contains("update-initramfs");
        Outcome applied = dmarshal(machine, "apply /root/plan.json", 0);
        assertThat(applied.out()).contains("waits for a restart");
        assertThat(machine.must("grep -c 'iommu.strict=1' /boot/grub/grub.cfg", LONG).strip()).isNotEqualTo("0");
        assertThat(machine.must(INSIDE, LONG)).contains("/vfio_pci.ko").contains("etc/modprobe.d/dmarshal-0000-01-00-0.conf");

        machine.reboot(START, LONG);
        assertThat(new String(machine.get("/proc/cmdline"), StandardCharsets.UTF_8)).contains("iommu.strict=1");
        assertThat(machine.must("basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver)", LONG)).isEqualTo("vfio-pci\n");
        dmarshal(machine, "resume", 0);
        assertThat(dmarshal(machine, "status", 0).out()).contains("applied").contains("what it wanted holds now");
        dmarshal(machine, "undo", 0);
        assertThat(machine.must("diff /root/grub.cfg /boot/grub/grub.cfg || true", LONG)).isEmpty();
        assertThat(machine.must(FILES, LONG)).isEqualTo(files);
        assertThat(machine.must(INSIDE, LONG)).isEqualTo(inside);
        assertThat(machine.must("cat /sys/bus/pci/devices/0000:01:00.0/driver_override", LONG)).isEqualTo("(null)\n");
    }

    private static Outcome dmarshal(Machine machine, String arguments, int code) throws Exception {
        Outcome outcome = machine.run("/opt/dmarshal/bin/dmarshal " + arguments, LONG);
        System.out.println("dmarshal " + arguments + "\n" + outcome.out() + outcome.err());
        assertThat(outcome.exitCode()).as(outcome.describe()).hasValue(code);
        return outcome;
    }
}
