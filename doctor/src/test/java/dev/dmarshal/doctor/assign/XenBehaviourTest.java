package dev.dmarshal.doctor.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.assign.XenBehaviour.Row;
import dev.dmarshal.doctor.assign.XenBehaviour.Topic;
import dev.dmarshal.host.version.XenVersion;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What each version of Xen does about a device. */
class XenBehaviourTest {

    @ParameterizedTest
    @EnumSource(Topic.class)
    void theRowsOfATopicFollowEachOtherWithoutAGap(Topic topic) {
        List<Row> rows = XenBehaviour.rows().stream().filter(row -> row.topic() == topic).toList();
        assertThat(rows.getFirst().since()).isEmpty();
        assertThat(rows.getLast().until()).isEmpty();
        for (int i = 1; i < rows.size(); i++) {
            assertThat(rows.get(i).since()).as("row %d of %s", i, topic).isPresent().isEqualTo(rows.get(i - 1).until());
            assertThat(rows.get(i).since().orElseThrow()).isGreaterThan(rows.get(i - 1).since().orElse(dev.dmarshal.host.version.Release.parse("0.1")
                    .orElseThrow()));
        }
        assertThat(rows).allSatisfy(row -> assertThat(row.words()).endsWith("."));
    }

    @ParameterizedTest
    @CsvSource({"QUARANTINE, 4.11.2, has no quarantine", "QUARANTINE, 4.12.1, has no quarantine", "QUARANTINE, 4.13.0, scratch page: DMA that is still going",
        "QUARANTINE, 4.15.3, scratch page: DMA that is still going", "QUARANTINE, 4.17.5, DMA that is still going on faults", "TAKE, 4.1.2, move no device",
        "TAKE, 4.4.0, xl pci-assignable-add moves it there.", "TAKE, 4.17.5, seize=1", "RESET, 3.4.0, xm refuses", "RESET, 4.17.5, goes on where there is none",
        "ALIGNMENT, 4.0.1, xm refuses such a device (", "ALIGNMENT, 4.17.5, gives the guest the whole page", "RESERVED, 4.5.1, has no policy",
        "RESERVED, 4.6.0, rdm_policy=strict", "SHARED, 4.17.5, rdm_policy=relaxed", "REGISTERS, 4.5.0, The device model of an HVM guest lets it write all",
        "REGISTERS, 4.17.5, a barrier between the guest and the host"})
    void saysWhatThatVersionDoes(Topic topic, String version, String words) {
        assertThat(new XenBehaviour(XenVersion.parse(version)).words(topic)).contains(words);
    }

    @Test
    void anUnknownVersionIsSaidToBeUnknown() {
        assertThat(new XenBehaviour(Optional.empty()).words(Topic.TAKE)).startsWith("Which Xen this is was not told; of the newest it holds: ")
                .contains("seize=1");
        assertThat(new XenBehaviour(Optional.empty()).before(99, 0)).isFalse();
    }
}
