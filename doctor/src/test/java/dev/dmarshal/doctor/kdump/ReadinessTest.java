package dev.dmarshal.doctor.kdump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.host.iommu.Answer;
import dev.dmarshal.host.iommu.HostCheck;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {

    private static final String DEBIAN = "/etc/default/kdump-tools";
    private static final String APPEND = "KDUMP_CMDLINE_APPEND=\"reset_devices nr_cpus=1 irqpoll\"\n";
    private static final String LEGACY_ECAP = "f0105a";
    private static final String SCALABLE_ECAP = "480080f00f4a";

    @TempDir
    private Path folder;

    /** A Debian host with VT-d in force, a network card and a disk. */
    private FakeHost ready(String kernel, String commandLine, String tool, String ecap) {
        FakeHost host = new FakeHost(folder);
        host.file("/proc/sys/kernel/osrelease", kernel + "\n").file("/proc/cmdline", "root=/dev/sda2 " + commandLine + "\n")
                .file("/sys/kernel/kexec_crash_size", "268435456\n").file("/sys/kernel/kexec_crash_loaded", "1\n").file(DEBIAN, tool);
        String unit = "/sys/devices/virtual/iommu/dmar0";
        host.file(unit + "/intel-iommu/ecap", ecap + "\n").file(unit + "/intel-iommu/cap", "d2008c222f0606\n").file(unit + "/intel-iommu/address",
                "fed90000\n").link("/sys/class/iommu/dmar0", unit);
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 3, 0)).is(0x8086, 0x1533, 0x020000).driver("igb").group(1).make();
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 4, 0)).is(0x8086, 0x0953, 0x010802).driver("nvme").group(2).make();
        host.file("/proc/iomem", "00001000-0009ffff : System RAM\n00100000-7fffffff : System RAM\n  6f000000-7effffff : Crash kernel\n");
        return host;
    }

    private static HostCheck check(Readiness readiness, String label) {
        return readiness.checks().stream().filter(check -> check.label().equals(label)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + label + " in " + readiness.checks()));
    }

    private static Answer answer(Readiness readiness, String label) {
        return check(readiness, label).answer();
    }

    @Test
    void aReadyHostIsReady() {
        Readiness readiness = Readiness.of(ready("6.1.0-18-amd64", "intel_iommu=on crashkernel=256M", "USE_KDUMP=1\n" + APPEND, LEGACY_ECAP).host());
        assertThat(readiness.checks()).filteredOn(check -> check.answer() == Answer.FAIL).isEmpty();
        for (String label : List.of("crashkernel-parameter", "crashkernel-memory", "crash-kernel-loaded", "dump-tool", "translation", "kernel-hand-over",
                "scalable-mode-copy", "crash-iommu", "crash-reset-devices", "crash-irqpoll", "crash-processors", "crash-drivers")) {
            assertThat(answer(readiness, label)).as(label).isEqualTo(Answer.PASS);
        }
    }

    @Test
    void whatIsMissingFailsEachInItsOwnWay() {
        FakeHost host = ready("6.1.0-18-amd64", "intel_iommu=on", "USE_KDUMP=0\nKDUMP_CMDLINE_APPEND=\"nr_cpus=1 intel_iommu=off nox2apic\"\n", LEGACY_ECAP);
        host.file("/sys/kernel/kexec_crash_size", "67108864\n").file("/sys/kernel/kexec_crash_loaded", "0\n");
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 5, 0)).is(0x103c, 0x3239, 0x010400).driver("hpsa").group(3).make();
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0xe, 0)).is(0x8086, 0x201d, 0x010400).driver("vmd").group(4).make();
        Readiness readiness = Readiness.of(host.host());
        for (String label : List.of("crashkernel-parameter", "crashkernel-memory", "crash-kernel-loaded", "dump-tool", "crash-iommu", "crash-reset-devices",
                "crash-irqpoll", "crash-drivers")) {
            assertThat(answer(readiness, label)).as(label).isEqualTo(Answer.FAIL);
        }
        assertThat(answer(readiness, "crash-vmd")).isEqualTo(Answer.UNMEASURED);
        assertThat(check(readiness, "crash-drivers").says()).contains("0000:00:05.0", "hpsa");
    }

    @Test
    void oldKernelsAndBackportsAreToldApart() {
        assertThat(answer(Readiness.of(ready("3.16.0-4-amd64", "crashkernel=256M", APPEND, LEGACY_ECAP).host()), "kernel-hand-over")).isEqualTo(Answer.FAIL);
        assertThat(answer(Readiness.of(ready("3.10.0-1160.el7.x86_64", "crashkernel=256M", APPEND, LEGACY_ECAP).host()), "kernel-hand-over"))
                .isEqualTo(Answer.UNMEASURED);
    }

    @Test
    void scalableModesDefectsAreFoundBeforeTheyBite() {
        String line = "crashkernel=256M intel_iommu=on,sm_on";
        assertThat(answer(Readiness.of(ready("5.15.0", line, APPEND, SCALABLE_ECAP).host()), "scalable-mode-copy")).isEqualTo(Answer.FAIL);
        assertThat(answer(Readiness.of(ready("6.1.0-18-amd64", line, APPEND, SCALABLE_ECAP).host()), "scalable-mode-copy")).isEqualTo(Answer.PASS);
        assertThat(answer(Readiness.of(ready("6.1.0-18-amd64", "crashkernel=256M", APPEND, SCALABLE_ECAP).host()), "scalable-mode-copy"))
                .isEqualTo(Answer.UNMEASURED);
        FakeHost upper = ready("6.1.0-18-amd64", line, APPEND, SCALABLE_ECAP);
        FakePci.at(upper, "pci0000:05", new Sbdf(0, 5, 0x10, 0)).is(0x8086, 0x1520, 0x020000).driver("igbvf").group(9).make();
        assertThat(check(Readiness.of(upper.host()), "scalable-mode-copy")).satisfies(check -> {
            assertThat(check.answer()).isEqualTo(Answer.FAIL);
            assertThat(check.says()).contains("0000:05:10.0", "39h");
        });
    }

    @Test
    void whatTheToolAddsItselfIsNotGuessed() {
        Readiness readiness = Readiness.of(ready("6.1.0-18-amd64", "crashkernel=256M", "USE_KDUMP=1\n#KDUMP_CMDLINE_APPEND=\"x\"\n", LEGACY_ECAP).host());
        assertThat(answer(readiness, "crash-reset-devices")).isEqualTo(Answer.UNMEASURED);
    }

    @Test
    void nothingKnownIsNothingClaimed() {
        Readiness readiness = Readiness.of(dev.dmarshal.host.HostRoot.of(folder));
        assertThat(readiness.any(Answer.FAIL)).isFalse();
        assertThat(readiness.any(Answer.UNMEASURED)).isTrue();
    }

    @Test
    void aHostsSceneHasItsDevicesAndItsMemory() {
        FakeHost host = ready("6.1.0-18-amd64", "intel_iommu=on crashkernel=256M", APPEND, LEGACY_ECAP);
        CrashScene scene = CaptureScene.of(host.host()).orElseThrow();
        assertThat(scene.devices()).extracting(BusyDevice::name).containsExactly("igb", "nvme");
        assertThat(scene.crashKernel()).isEqualTo(new Span(0x6f00_0000L, 0x7eff_ffffL));
        assertThat(scene.memory()).hasSize(2);
        HandoverReport off = HandoverSimulation.play(scene, Behaviour.IOMMU_OFF);
        assertThat(off.sum().wroteCrashKernel()).as("the disk's blocks").isEqualTo(64 * 4096);
        assertThat(HandoverSimulation.play(scene, Behaviour.COPY).sum().harmless()).isTrue();
        host.file("/sys/kernel/iommu_groups/2/type", "identity\n");
        CrashScene identity = CaptureScene.of(host.host()).orElseThrow();
        assertThat(identity.devices().getLast().passThrough()).isTrue();
        assertThat(HandoverSimulation.play(identity, Behaviour.IOMMU_OFF).sum().misplaced()).as("1:1 stays 1:1").isZero();
        assertThat(CaptureScene.of(dev.dmarshal.host.HostRoot.of(folder.resolve("proc")))).isEmpty();
    }
}
