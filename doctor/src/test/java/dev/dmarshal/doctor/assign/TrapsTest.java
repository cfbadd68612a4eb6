package dev.dmarshal.doctor.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarBuilder;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.host.survey.Change;
import dev.dmarshal.host.survey.Drift;
import dev.dmarshal.host.survey.Evidenced;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.Grouping;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.RemappingFacts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty traps into which other tools fell, by number. Numbers 4 (large JSON) and 14 (naming one of twins) are tested where the commands are
 * (SurveyCommandTest in cli); 11, 12 and 13 are about acting, of which the part that reading decides is here.
 */
class TrapsTest {

    private static final Sbdf NIC = FakeMachineRoom.NIC;

    @TempDir
    private Path folder;

    private static List<Reason> failed(Assignability verdict, Subject subject) {
        return verdict.on(subject).stream().filter(reason -> reason.answer() == Answer.FAIL).toList();
    }

    @Test
    void trap00ACardWithNothingAgainstItIsAssignable() {
        Assignability verdict = FakeMachineRoom.judge(FakeMachineRoom.withCard(folder), NIC);
        assertThat(verdict.with(Answer.FAIL)).isEmpty();
        assertThat(verdict.with(Answer.UNMEASURED)).isEmpty();
        assertThat(verdict.overall()).isEqualTo(Overall.ASSIGNABLE);
    }

    @Test
    void trap01GroupNumbersHaveGaps() {
        HostSurvey survey = FakeMachineRoom.look(FakeMachineRoom.withCard(folder));
        assertThat(survey.grouping().source()).isEqualTo(Grouping.Source.KERNEL);
        assertThat(survey.grouping().groups()).extracting(group -> group.number().getAsInt()).containsExactly(3, 5, 12);
        assertThat(survey.groupOf(NIC).orElseThrow().members()).containsExactly(NIC);
    }

    @Test
    void trap02SegmentsHaveFiveDigits() {
        FakeHost host = FakeMachineRoom.withCard(folder);
        String vmd = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0xe, 0)).is(0x8086, 0x9a0b, 0x010400).type(Optional.of(PortType.ROOT_COMPLEX_ENDPOINT))
                .driver("vmd")
                .group(6).make();
        Sbdf drive = new Sbdf(0x10000, 0xe1, 0, 0);
        String port = FakePci.at(host, vmd + "/pci10000:e0", new Sbdf(0x10000, 0xe0, 6, 0)).is(0x8086, 0x9a09, 0).bridge(PortType.ROOT_PORT, 0xe1, 0xe1)
                .group(6).make();
        FakePci.at(host, port, drive).is(0x144d, 0xa80a, 0x010802).driver("nvme").group(6).make();
        HostSurvey survey = FakeMachineRoom.look(host);
        assertThat(survey.function(drive)).isPresent();
        assertThat(survey.above(drive)).extracting(FunctionFacts::address).containsExactly(new Sbdf(0x10000, 0xe0, 6, 0));
        assertThat(FakeMachineRoom.judge(host, drive).on(Subject.GROUP).getFirst().words()).contains("0000:00:0e.0 (vmd)");
    }

    @Test
    void trap03AnEmptyFolderOfGroupsIsNoIommu() {
        FakeHost host = FakeMachineRoom.host(folder).folder("/sys/kernel/iommu_groups");
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 3, 0)).make();
        Assignability verdict = FakeMachineRoom.judge(host, new Sbdf(0, 0, 3, 0));
        assertThat(failed(verdict, Subject.IOMMU)).hasSize(1);
        assertThat(verdict.overall()).isEqualTo(Overall.REFUSED);
        host.file("/sys/kernel/iommu_groups/0/name", "vfio-noiommu\n");
        assertThat(failed(FakeMachineRoom.judge(host, new Sbdf(0, 0, 3, 0)), Subject.IOMMU)).as("VFIO's own groups without an IOMMU").hasSize(1);
    }

    @Test
    void trap05AFaultWithoutSegmentIsNotPinnedToOneOfSeveral() {
        Diagnosis diagnosis = diagnose("DMAR: dmar1: Using Queued invalidation\npci 0001:02:00.0: [8086:1533] type 00 class 0x020000\n"
                + "pci 0000:02:00.0: [8086:1533] type 00 class 0x020000\n"
                + "DMAR: [DMA Read NO_PASID] Request device [02:00.0] fault addr 0x1000 [fault reason 0x06] PTE Read access is not set\n");
        assertThat(diagnosis.symptoms().faults()).singleElement().satisfies(fault -> {
            assertThat(fault.source()).hasValue(NIC.sourceId());
            assertThat(fault.first().segment()).as("the line has no segment, and none is made up in the event").isEmpty();
            assertThat(fault.device()).as("two functions have that id").isEmpty();
        });
        String line = "DMAR: [DMA Read NO_PASID] Request device [02:00.0] fault addr 0x1000 [fault reason 0x06] PTE Read access is not set\n";
        assertThat(diagnose("pci 0001:02:00.0: [8086:1533] type 00 class 0x020000\npci 0000:00:02.0: [8086:1533] type 00 class 0x020000\n" + line)
                .symptoms().faults().getFirst().device()).as("only one has it").contains(new Sbdf(1, 2, 0, 0));
        assertThat(diagnose("pci 10000:02:00.0: [8086:1533] type 00 class 0x020000\n" + line).symptoms().faults().getFirst().device())
                .as("VMD's segments sign nothing").contains(NIC);
    }

    @Test
    void trap06AFaultOverTwoLinesWithOthersBetweenIsOneFault() {
        Diagnosis diagnosis = diagnose("DMAR: DRHD: handling fault status reg 2\nusb 1-1: new device\nDMAR: [DMA Read] Request device [02:00.0] fault addr"
                + " fff00000 \n"
                + "DMAR:[fault reason 06] PTE Read access is not set\ndmar_fault: 17 callbacks suppressed\n");
        assertThat(diagnosis.symptoms().faults()).hasSize(1).first().satisfies(group -> assertThat(group.kind()).isEqualTo(FaultKind.DMA));
    }

    @Test
    void trap07ATableThatLiesGivesAnswersAndNoCrash() {
        FakeHost host = FakeMachineRoom.withCard(folder);
        byte[] good = new DmarBuilder().hostAddressBits(39).add(new DmarStructure.Drhd(1, 0, 0, 0xfed90000L, List.of())).build();
        for (int cut = 1; cut < good.length; cut++) {
            host.bytes("/sys/firmware/acpi/tables/DMAR", java.util.Arrays.copyOf(good, cut));
            assertThat(FakeMachineRoom.judge(host, NIC).reasons()).isNotEmpty();
        }
        byte[] zero = good.clone();
        zero[50] = 0;
        zero[51] = 0;
        host.bytes("/sys/firmware/acpi/tables/DMAR", zero);
        assertThat(FakeMachineRoom.judge(host, NIC).on(Subject.UNIT)).isNotEmpty();
        DeviceScope astray = new DeviceScope(DeviceScope.Kind.ENDPOINT.type(), 0, 0, 9, List.of(new DeviceScope.Hop(1, 0), new DeviceScope.Hop(2, 0)));
        host.bytes("/sys/firmware/acpi/tables/DMAR", new DmarBuilder().hostAddressBits(39)
                .add(new DmarStructure.Rmrr(0, 0x7000_0000L, 0x6fff_ffffL, List.of(astray))).build());
        assertThat(FakeMachineRoom.judge(host, NIC).reasons()).isNotEmpty();
    }

    @Test
    void trap08OtherBridgesAreNotTakenForHostBridges() {
        FakeHost host = FakeMachineRoom.withCard(folder);
        Sbdf fabric = new Sbdf(0, 0, 8, 0);
        FakePci.at(host, "pci0000:00", fabric).is(0x10de, 0x1ac2, 0x068000).group(20).driver("nvidia-nvswitch").make();
        assertThat(failed(FakeMachineRoom.judge(host, fabric), Subject.KIND)).isEmpty();
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0, 0)).is(0x8086, 0x1237, 0x060000).type(Optional.empty()).group(0).make();
        assertThat(FakeMachineRoom.judge(host, new Sbdf(0, 0, 0, 0)).overall()).isEqualTo(Overall.NEVER);
    }

    @Test
    void trap09ABridgeInTheGroupDoesNotBlockButItsOtherChildrenAreTold() {
        FakeHost host = FakeMachineRoom.host(folder);
        Sbdf card = new Sbdf(0, 2, 0, 0);
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 1, 0)).bridge(PortType.ROOT_PORT, 2, 2).group(1).make();
        FakePci.at(host, port, card).group(1).make();
        assertThat(FakeMachineRoom.judge(host, card).with(Answer.FAIL)).extracting(Reason::subject).doesNotContain(Subject.GROUP, Subject.BLAST_RADIUS);
        String place = FakePci.at(host, port, new Sbdf(0, 2, 1, 0)).is(0x1b21, 0x0612, 0x010601).driver("ahci").group(2).make();
        host.drive("sda", "8:0", place + "/ata1").partition("sda", "sda1", "8:1", place + "/ata1");
        Assignability verdict = FakeMachineRoom.judge(host, card);
        assertThat(failed(verdict, Subject.GROUP)).as("nobody has to come along").isEmpty();
        assertThat(failed(verdict, Subject.BLAST_RADIUS)).singleElement().satisfies(reason -> {
            assertThat(reason.weight()).isEqualTo(Weight.NOTES);
            assertThat(reason.words()).contains("Bridge 0000:00:01.0").contains("0000:02:01.0").contains("mounted on /");
        });
    }

    @Test
    void trap10AnOverrideWithoutADriverIsNotTakenForBound() {
        FakeHost host = FakeMachineRoom.withCard(folder).file("/sys/bus/pci/devices/" + NIC + "/driver_override", "vfio-pci\n");
        assertThat(FakeMachineRoom.judge(host, NIC).on(Subject.DRIVER).getFirst().words()).contains("asks for vfio-pci, which does not have it");
    }

    @Test
    void trap11And12WhatAnAdministratorSetIsReadAndKeptInDrift() throws IOException {
        FakeHost host = FakeMachineRoom.withCard(folder.resolve("a"));
        HostSurvey before = FakeMachineRoom.look(host);
        host.file("/sys/bus/pci/devices/" + NIC + "/driver_override", "igb\n");
        HostSurvey now = FakeMachineRoom.look(host);
        assertThat(now.function(NIC).orElseThrow().binding().override()).hasValue("igb");
        assertThat(Drift.between(before, now)).extracting(Change::kind).containsExactly(Change.Kind.OVERRIDE);
        host.file("/sys/bus/pci/devices/" + NIC + "/driver_override", "(null)\n");
        assertThat(FakeMachineRoom.look(host).function(NIC).orElseThrow().binding().override()).isEmpty();
    }

    @Test
    void trap13WhoMakesAnUnbindWaitIsNamed() {
        FakeHost host = FakeMachineRoom.withCard(folder).link("/proc/4711/fd/20", "/dev/vfio/12").file("/proc/4711/comm", "qemu-system-x86\n");
        Assignability verdict = FakeMachineRoom.judge(host, NIC);
        assertThat(failed(verdict, Subject.HOLDERS)).extracting(Reason::words).anyMatch(words -> words.contains("process 4711 (qemu-system-x86)"));
        assertThat(verdict.overall()).isEqualTo(Overall.AT_A_COST);
    }

    @Test
    void trap14TwinsAreToldApart() {
        FakeHost host = FakeMachineRoom.withCard(folder);
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1d, 0)).bridge(PortType.ROOT_PORT, 4, 4).separated().group(6).make();
        FakePci.at(host, port, new Sbdf(0, 4, 0, 0)).driver("igb").group(14).make();
        HostSurvey survey = FakeMachineRoom.look(host);
        assertThat(survey.identity(NIC).ids()).isEqualTo(survey.identity(new Sbdf(0, 4, 0, 0)).ids());
        assertThat(survey.identity(NIC).path()).hasValue("0000:00/1c.0/00.0");
        assertThat(survey.identity(new Sbdf(0, 4, 0, 0)).path()).hasValue("0000:00/1d.0/00.0");
    }

    @Test
    void trap15AParentWithLiveVirtualFunctionsIsRefused() {
        FakeHost host = FakeMachineRoom.withCard(folder).file("/sys/bus/pci/devices/" + NIC + "/sriov_numvfs", "2\n");
        assertThat(failed(FakeMachineRoom.judge(host, NIC), Subject.VIRTUAL_FUNCTIONS)).hasSize(1);
        host.file("/sys/bus/pci/devices/" + NIC + "/sriov_numvfs", "0\n");
        assertThat(failed(FakeMachineRoom.judge(host, NIC), Subject.VIRTUAL_FUNCTIONS)).isEmpty();
    }

    @Test
    void trap16AnotherDeviceAtTheAddressIsDrift() {
        HostSurvey before = FakeMachineRoom.look(FakeMachineRoom.withCard(folder.resolve("a")));
        FakeHost later = FakeMachineRoom.host(folder.resolve("b"));
        String ahci = FakePci.at(later, "pci0000:00", new Sbdf(0, 0, 0x17, 0)).is(0x8086, 0xa102, 0x010601).type(Optional.empty()).driver("ahci").group(3)
                .make();
        later.drive("sda", "8:0", ahci + "/ata1");
        String first = FakePci.at(later, "pci0000:00", new Sbdf(0, 0, 1, 0)).is(0x8086, 0x1901, 0).bridge(PortType.ROOT_PORT, 2, 2).separated().group(4).make();
        FakePci.at(later, first, NIC).is(0x10de, 0x1c82, 0x030000).driver("nouveau").group(11).make();
        String port = FakePci.at(later, "pci0000:00", FakeMachineRoom.PORT).is(0x8086, 0xa110, 0).bridge(PortType.ROOT_PORT, 3, 3).separated().group(5).make();
        FakePci.at(later, port, new Sbdf(0, 3, 0, 0)).driver("igb").group(12).make();
        List<Change> changes = Drift.between(before, FakeMachineRoom.look(later));
        assertThat(changes).anySatisfy(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.REPLACED);
            assertThat(change.was()).hasValue(NIC);
        }).anySatisfy(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.MOVED);
            assertThat(change.is()).hasValue(new Sbdf(0, 3, 0, 0));
        });
        assertThat(changes).extracting(Change::kind).as("group 12 became another address, not another group").doesNotContain(Change.Kind.GROUP);
    }

    @Test
    void trap17BenignMessagesAreNoTrouble() {
        Diagnosis diagnosis = diagnose("vfio-pci 0000:00:02.0: Invalid PCI ROM header signature: expecting 0xaa55, got 0x0000\n"
                + "DMAR-IR: IRQ remapping was enabled on dmar0 but we are not in kdump mode\n");
        assertThat(diagnosis.trouble()).isFalse();
    }

    @Test
    void trap18LookingChangesNothing() throws IOException {
        FakeHost host = FakeMachineRoom.withCard(folder);
        Map<String, String> before = contents(folder);
        FakeMachineRoom.judge(host, NIC);
        assertThat(contents(folder)).isEqualTo(before);
    }

    @Test
    void trap19FromDom0OrAContainerNothingIsCalledOff() {
        FakeHost host = FakeMachineRoom.host(folder).file("/proc/xen/capabilities", "control_d\n");
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 3, 0)).make();
        RemappingFacts facts = FakeMachineRoom.look(host).remapping();
        assertThat(facts.xen()).isTrue();
        assertThat(facts.translating().value()).isEmpty();
        Assignability verdict = FakeMachineRoom.judge(host, new Sbdf(0, 0, 3, 0));
        assertThat(verdict.on(Subject.IOMMU)).extracting(Reason::answer).containsExactly(Answer.UNMEASURED);
        FakeHost container = FakeMachineRoom.withCard(folder.resolve("c")).file("/run/.containerenv", "");
        assertThat(FakeMachineRoom.judge(container, NIC).on(Subject.HOLDERS)).extracting(Reason::answer).contains(Answer.UNMEASURED);
    }

    @Test
    void trap20WhatWasNotMeasuredIsNeitherPassedNorFailed() {
        FakeHost bare = new FakeHost(folder);
        FakePci.at(bare, "pci0000:00", new Sbdf(0, 0, 3, 0)).make();
        HostSurvey survey = dev.dmarshal.host.survey.Surveyor.survey(dev.dmarshal.host.HostRoot.of(folder), Optional.empty());
        Assignability verdict = Assigner.forKvm(survey).judge(new Sbdf(0, 0, 3, 0)).orElseThrow();
        assertThat(verdict.overall()).isEqualTo(Overall.UNMEASURED);
        assertThat(verdict.with(Answer.FAIL)).isEmpty();
        assertThat(verdict.with(Answer.UNMEASURED)).extracting(Reason::subject).contains(Subject.IOMMU, Subject.INTERRUPTS, Subject.RMRR, Subject.HOLDERS);
        Evidenced<Boolean> iommu = survey.remapping().translating();
        assertThat(iommu.evidence()).contains("/sys/kernel/iommu_groups");
    }

    private static Diagnosis diagnose(String log) {
        return Doctor.examine(new Examination().log("test", new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8))).symptoms());
    }

    private static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                String what = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).toString() : Files.isRegularFile(file)
                        ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1) + Files.getLastModifiedTime(file) : "folder";
                contents.put(root.relativize(file).toString(), what);
            }
        }
        return contents;
    }
}
