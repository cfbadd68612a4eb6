package dev.dmarshal.doctor.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What speaks against a device under Xen goes by the version of Xen and its tools. */
class XenCheckTest {

    @TempDir
    private Path folder;

    private Reason on(FakeHost host, String xen, Subject subject) {
        host.file("/.output/xl-info", "xen_version            : " + xen + "\nvirt_caps              : hvm hvm_directio\n");
        return Assigner.forXen(FakeMachineRoom.look(host), XenFacts.of(host.host())).judge(FakeMachineRoom.NIC).orElseThrow().on(subject).getLast();
    }

    @ParameterizedTest
    @CsvSource({"3.4.2, BLOCKS, want pciback", "4.0.1, COSTS, HVM guests only", "4.4.0, COSTS, HVM guests only", "4.17.5, BLOCKS, want pciback"})
    void pciStub(String xen, Weight weight, String words) {
        FakeHost host = FakeMachineRoom.withCard(folder);
        FakePci.at(host, "pci0000:00/0000:00:1c.0", FakeMachineRoom.NIC).driver("pci-stub").range(0xf0000000L, 0x100000, false).make();
        Reason reason = on(host, xen, Subject.PCIBACK);
        assertThat(reason.weight()).isEqualTo(weight);
        assertThat(reason.words()).contains(words);
    }

    @ParameterizedTest
    @CsvSource({"3.4.2, BLOCKS", "4.0.1, BLOCKS", "4.1.0, COSTS", "4.17.5, COSTS"})
    void aDeviceThatNothingResets(String xen, Weight weight) {
        FakeHost host = FakeMachineRoom.withCard(folder).file("/sys/bus/pci/devices/" + FakeMachineRoom.NIC + "/reset_method", "\n");
        assertThat(on(host, "3.4.2", Subject.RESET).answer()).as("xm goes by the device's own capability").isEqualTo(Answer.PASS);
        FakePci.at(host, "pci0000:00/0000:00:1c.0", FakeMachineRoom.NIC).withoutReset().driver("igb").range(0xf0000000L, 0x100000, false).make();
        assertThat(on(host, xen, Subject.RESET)).satisfies(reason -> assertThat(reason.answer()).isEqualTo(Answer.FAIL))
                .satisfies(reason -> assertThat(reason.weight()).isEqualTo(weight));
    }
}
