package dev.dmarshal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.assign.XenFacts;
import dev.dmarshal.doctor.kdump.CaptureScene;
import dev.dmarshal.doctor.kdump.Readiness;
import dev.dmarshal.doctor.policy.KernelFacts;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.SourceKind;
import dev.dmarshal.host.fake.AskingTree;
import dev.dmarshal.host.fake.BusyHost;
import dev.dmarshal.host.fake.InputCover;
import dev.dmarshal.host.files.Completeness;
import dev.dmarshal.host.files.DirectoryTree;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this room reads of a machine is on the list of inputs, so that a capture answers it. */
class DoctorInputsTest {

    @TempDir
    private Path folder;

    @Test
    void whateverIsReadIsOnTheList() {
        BusyHost.at(folder).file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 crashkernel=256M intel_iommu=on\n")
                .file("/sys/kernel/kexec_crash_loaded", "1\n").file("/sys/kernel/kexec_crash_size", "268435456\n")
                .file("/etc/default/kdump-tools", "USE_KDUMP=1\n");
        AskingTree asked = new AskingTree(new DirectoryTree(folder, Completeness.WHOLE));
        HostRoot host = new HostRoot("busy", SourceKind.DIRECTORY, asked, List.of());
        Readiness.of(host);
        CaptureScene.of(host);
        KernelFacts.of(host);
        XenFacts.of(host);
        new Examination().host(host);
        assertThat(asked.contents()).hasSizeGreaterThan(50);
        assertThat(new InputCover().missing(asked)).isEmpty();
    }
}
