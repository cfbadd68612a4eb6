package dev.dmarshal.doctor.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verdict has an answer to each of its subjects, whatever of a host was measured. */
class AnswersTest {

    /** Those that every device has; width needs ranges, display a screen, the last three Xen. */
    private static final Set<Subject> ALWAYS = EnumSet.of(Subject.KIND, Subject.ANSWERS, Subject.IOMMU, Subject.UNIT, Subject.INTERRUPTS, Subject.GROUP,
            Subject.BLAST_RADIUS, Subject.RMRR, Subject.CONVENTIONAL, Subject.VIRTUAL_FUNCTIONS, Subject.DRIVER, Subject.HOLDERS, Subject.RESET, Subject.REGIONS,
            Subject.POWER);

    @TempDir
    private Path folder;

    private static HostSurvey partial(Path folder) {
        return Surveyor.survey(HostRoot.of(folder), Optional.empty());
    }

    private static Assignability judge(HostSurvey survey, Sbdf device) {
        return Assigner.forKvm(survey).judge(device).orElseThrow();
    }

    @Test
    void everySubjectIsAnsweredOfAWholeHost() {
        Assignability verdict = FakeMachineRoom.judge(FakeMachineRoom.withCard(folder), FakeMachineRoom.NIC);
        assertThat(verdict.reasons()).extracting(Reason::subject).containsAll(ALWAYS).contains(Subject.WIDTH);
        assertThat(verdict.with(Answer.UNMEASURED)).isEmpty();
    }

    @Test
    void everySubjectIsAnsweredWhereHardlyAnythingWasMeasured() {
        Sbdf device = new Sbdf(0, 0, 3, 0);
        new FakeHost(folder).file("/sys/bus/pci/devices/" + device + "/class", "0x030000\n");
        Assignability verdict = judge(partial(folder), device);
        assertThat(verdict.reasons()).extracting(Reason::subject).containsAll(ALWAYS).contains(Subject.DISPLAY);
        for (Subject subject : EnumSet.of(Subject.POWER, Subject.DISPLAY, Subject.VIRTUAL_FUNCTIONS, Subject.RESET, Subject.REGIONS)) {
            assertThat(verdict.on(subject)).as(subject.word()).extracting(Reason::answer).containsExactly(Answer.UNMEASURED);
        }
        assertThat(verdict.on(Subject.RESET).getFirst().words()).as("firmware's _RST can never be measured").contains("flr").doesNotContain("_RST");
    }

    @Test
    void aBridgeOfUnknownKindAboveLeavesConventionalPciOpen() {
        FakeHost host = FakeMachineRoom.withCard(folder);
        assertThat(FakeMachineRoom.judge(host, FakeMachineRoom.NIC).on(Subject.CONVENTIONAL)).extracting(Reason::answer).containsExactly(Answer.PASS);
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1d, 0)).bridge(PortType.ROOT_PORT, 9, 9).group(8).make();
        FakePci.at(host, port, new Sbdf(0, 9, 0, 0)).group(9).make();
        host.bytes("/sys/bus/pci/devices/0000:00:1d.0/config", new byte[0]);
        assertThat(FakeMachineRoom.judge(host, new Sbdf(0, 9, 0, 0)).on(Subject.CONVENTIONAL)).extracting(Reason::answer).containsExactly(Answer.UNMEASURED);
    }

    @Test
    void linksToGroupsTellThatAnIommuIsOnUnlessVfioMadeThem() {
        Sbdf device = new Sbdf(0, 0, 3, 0);
        String own = "/sys/bus/pci/devices/" + device;
        FakeHost host = new FakeHost(folder).file(own + "/class", "0x020000\n").link(own + "/iommu_group", "../../../../kernel/iommu_groups/4");
        assertThat(partial(folder).remapping().translating().is(true)).isTrue();
        assertThat(partial(folder).remapping().translating().evidence()).isEqualTo(own + "/iommu_group");
        host.link(own + "/driver", "../../../bus/pci/drivers/vfio-pci");
        assertThat(partial(folder).remapping().translating().value()).isEmpty();
    }
}
