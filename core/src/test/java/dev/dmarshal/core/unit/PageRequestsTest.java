package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.PageGroupResponse;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The page request queue: order, groups, wrap-around, overflow and its answers, event. */
class PageRequestsTest {

    private static final int AT = 0x5_0000;
    private static final int PPR = 1;
    private static final int PRO = 2;

    private static Bench unit(int size) {
        Bench unit = Bench.full();
        unit.set(RegisterName.PQA, AT | size);
        unit.event(RegisterName.PECTL, 0xfee0_0000, 0x41);
        return unit;
    }

    private static PageRequestDescriptor request(int group, boolean last) {
        return new PageRequestDescriptor(0x318, OptionalInt.of(7), 0x1234_5000, group, last, true, true, false, false);
    }

    private static PageRequestOutcome submit(Bench unit, int group, boolean last) {
        return unit.registers.pageRequests().submit(request(group, last));
    }

    @Test
    void requestsAreWrittenInOrderAndTheFirstSendsTheEvent() {
        Bench unit = unit(0);
        unit.memory.write64(AT + 16, -1);
        unit.memory.write64(AT + 24, -1);
        assertThat(submit(unit, 1, false)).isEqualTo(PageRequestOutcome.QUEUED);
        assertThat(unit.memory.read64(AT + 16)).isZero();
        assertThat(unit.memory.read64(AT + 24)).isZero();
        assertThat(submit(unit, 1, true)).isEqualTo(PageRequestOutcome.QUEUED);
        assertThat(unit.get(RegisterName.PQT)).isEqualTo(64);
        assertThat(unit.get(RegisterName.PRS)).isEqualTo(PPR);
        assertThat(unit.sent).containsExactly("PAGE_REQUEST_EVENT fee00000 41");
        assertThat(PageRequestDescriptor.of(unit.memory.read64(AT), unit.memory.read64(AT + 8))).isEqualTo(request(1, false));
        assertThat(PageRequestDescriptor.of(unit.memory.read64(AT + 32), unit.memory.read64(AT + 40))).isEqualTo(request(1, true));
        unit.set(RegisterName.PRS, PPR);
        submit(unit, 2, true);
        assertThat(unit.sent).hasSize(2);
    }

    @Test
    void aFullQueueOverflowsAndAnswersGroupsWithSuccess() {
        for (int size = 0; size < 2; size++) {
            Bench unit = unit(size);
            int room = (128 << size) - 1;
            for (int i = 0; i < room; i++) {
                assertThat(submit(unit, i, true)).isEqualTo(PageRequestOutcome.QUEUED);
            }
            assertThat(unit.responses).isEmpty();
            assertThat(submit(unit, 500, false)).isEqualTo(PageRequestOutcome.DROPPED);
            assertThat(submit(unit, 500, true)).isEqualTo(PageRequestOutcome.DROPPED_AND_ANSWERED);
            assertThat(unit.responses).containsExactly(new PageGroupResponse(0x318, OptionalInt.of(7), 500, true, PageGroupResponse.SUCCESS));
            assertThat(unit.get(RegisterName.PRS)).isEqualTo(PPR | PRO);
            assertThat(unit.sent).hasSize(1);
            unit.set(RegisterName.PQH, 32);
            assertThat(submit(unit, 501, false)).as("room again, but PRO is set").isEqualTo(PageRequestOutcome.DROPPED);
            unit.set(RegisterName.PRS, PRO);
            assertThat(submit(unit, 502, false)).isEqualTo(PageRequestOutcome.QUEUED);
            assertThat(unit.get(RegisterName.PQT)).as("wrapped").isZero();
            assertThat(submit(unit, 503, false)).isEqualTo(PageRequestOutcome.DROPPED);
        }
    }

    @Test
    void overflowAloneSendsAnEventToo() {
        Bench unit = unit(0);
        for (int i = 0; i < 127; i++) {
            submit(unit, i, true);
        }
        unit.set(RegisterName.PRS, PPR);
        submit(unit, 0, true);
        assertThat(unit.get(RegisterName.PRS)).isEqualTo(PRO);
        assertThat(unit.sent).hasSize(2);
    }

    @Test
    void aMaskedEventIsPendingUntilServiced() {
        Bench unit = unit(0);
        unit.set(RegisterName.PECTL, 0x8000_0000L);
        submit(unit, 0, true);
        assertThat(unit.get(RegisterName.PECTL)).isEqualTo(0xc000_0000L);
        unit.set(RegisterName.PRS, PPR);
        assertThat(unit.get(RegisterName.PECTL)).isEqualTo(0x8000_0000L);
        submit(unit, 0, true);
        unit.set(RegisterName.PECTL, 0);
        assertThat(unit.sent).hasSize(1);
    }

    @Test
    void withoutQueueOrMemoryTheDeviceIsToldOfFailure() {
        Bench none = Bench.qemu();
        assertThat(submit(none, 3, false)).isEqualTo(PageRequestOutcome.REFUSED);
        assertThat(none.responses).isEmpty();
        assertThat(submit(none, 3, true)).isEqualTo(PageRequestOutcome.REFUSED);
        assertThat(none.responses).extracting(PageGroupResponse::code).containsExactly(PageGroupResponse.FAILURE);
        Bench hole = unit(0);
        hole.memory.hole(AT, AT + 0xfff);
        assertThat(submit(hole, 3, true)).isEqualTo(PageRequestOutcome.REFUSED);
        assertThat(hole.get(RegisterName.PRS)).isZero();
    }
}
