package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an outcome says by the request that it is of. */
class TranslationTest {
    private static final int PASID = 9;
    private final Rig rig = Rig.scalable(CacheSizes.NONE);
    private final FirstStageTree tree = rig.tables.firstStage(4);

    private void firstStage() {
        rig.pasid(PASID, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).firstStage(tree.root()).domain(5)
                .walkSnoop(true).supervisor(true).execute(true).noExecute(true).build());
    }

    @Test
    void rightsAreThoseOfTheRequestsPrivilege() {
        tree.map(0x1000, 0x7000, 0x1000, FirstStageTree.USER | FirstStageTree.EXECUTE);
        firstStage();
        assertThat(rig.translate(0x1000, Request.WRITE | Request.PRIVILEGED, PASID)).isTrue();
        assertThat(rig.out.writable()).isTrue();
        assertThat(rig.translate(0x1000, Request.READ, PASID)).isTrue();
        assertThat(rig.out.translated() && rig.out.readable()).isTrue();
        assertThat(rig.out.writable()).isFalse();
        tree.map(0x2000, 0x7000, 0x1000, FirstStageTree.WRITE | FirstStageTree.EXECUTE);
        assertThat(rig.translate(0x2000, Request.READ | Request.PRIVILEGED, PASID)).isTrue();
        assertThat(rig.out.readable() && rig.out.executable()).isTrue();
    }

    @Test
    void executionIsGrantedToDeviceTlbsThatAskForIt() {
        tree.map(0x1000, 0x7000, 0x1000, FirstStageTree.USER | FirstStageTree.EXECUTE);
        firstStage();
        assertThat(rig.translate(0x1000, Request.READ | Request.TRANSLATION, PASID)).isTrue();
        assertThat(rig.out.executable()).isFalse();
        assertThat(rig.translate(0x1000, Request.READ | Request.TRANSLATION | Request.EXECUTE, PASID)).isTrue();
        assertThat(rig.out.executable()).isTrue();
        assertThat(rig.translate(0x1000, Request.READ, PASID)).isTrue();
        assertThat(rig.out.executable()).as("untranslated").isTrue();
    }

    @Test
    void completionsWithoutRightsHaveTheirReason() {
        firstStage();
        assertThat(rig.translate(0x1000, Request.READ | Request.TRANSLATION, PASID)).isTrue();
        assertThat(rig.out.reason()).isEqualTo(Optional.of(FaultReason.SFS_2));
        assertThat(rig.out.recorded()).isFalse();
        assertThat(rig.out.readable() || rig.out.writable() || rig.out.executable()).isFalse();
        assertThat(rig.out.completion()).isEqualTo(Translation.Completion.SUCCESS);
        assertThat(rig.recorded).isEmpty();
    }

    @Test
    void interruptRequests() {
        assertThat(rig.translate(0xFEE0_1000L, Request.WRITE)).isTrue();
        assertThat(rig.out.outcome()).isEqualTo(Translation.Outcome.INTERRUPT);
        assertThat(rig.out.translated() || rig.out.untranslatedOnly()).isFalse();
        assertThat(rig.translate(0xFEE0_1000L, Request.READ | Request.TRANSLATION)).isTrue();
        assertThat(rig.out.untranslatedOnly()).isTrue();
        assertThat(rig.translate(0x1000, Request.READ)).isFalse();
        assertThat(rig.out.translated() || rig.out.untranslatedOnly()).isFalse();
        SecondStageTree second = rig.tables.secondStage(AddressWidth.BITS_48);
        second.map(0x1000, 0x7000, 0x1000, Rig.RW);
        rig.pasid(0, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE).addressWidth(AddressWidth.BITS_48)
                .secondStage(second.root()).domain(5).build());
        assertThat(rig.translate(0x1000, Request.READ | Request.TRANSLATION)).isTrue();
        assertThat(rig.out.untranslatedOnly()).isFalse();
    }

    /** The short ways' rule for the rights needed is the general one. */
    @Test
    void needOfPlainRequests() {
        for (int request : new int[] {0, Request.READ, Request.WRITE, Request.ATOMIC, Request.READ | Request.WRITE, Request.ATOMIC | Request.READ}) {
            assertThat(Mapping.plainNeed(request)).as("request %x", request).isEqualTo(Mapping.need(request));
        }
    }
}
