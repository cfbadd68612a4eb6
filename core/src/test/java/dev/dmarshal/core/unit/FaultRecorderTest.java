package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.RegisterName;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Fault recording: record contents, rotation, overflow, fault event, advanced log, compression. */
class FaultRecorderTest {

    private static final int SFL = 1 << 29;
    private static final int EAFL = 1 << 28;

    @Test
    void aRecordHasTheFieldsOfTheRequest() {
        Bench unit = Bench.qemu();
        unit.registers.faults().record(0x05, 0x0318, 0x7f_ffff_f123L, 0, 0xfffff);
        assertThat(Long.toHexString(unit.frcd(RegisterName.FRCD_LOW, 0))).isEqualTo("7ffffff000");
        assertThat(Long.toHexString(unit.frcd(RegisterName.FRCD_HIGH, 0))).isEqualTo("8000000500000318");
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(2);
    }

    @Test
    void requestFlagsGoToTheirBits() {
        String[] rows = {
            "1 c000000600000008", "2 c000000610000008", "4 8000000610000008", "40 9000000600000008", "81 e000000600000008",
            "38 80abcd06e0000008", "18 8000000600000008", "21 c0abcd0680000008"};
        for (String row : rows) {
            Bench unit = Bench.qemu();
            int flags = Integer.parseInt(row.split(" ")[0], 16);
            unit.registers.faults().record(0x06, 8, 0x1000, flags, 0xabcd);
            assertThat(Long.toHexString(unit.frcd(RegisterName.FRCD_HIGH, 0))).as("flags %x", flags).isEqualTo(row.split(" ")[1]);
        }
    }

    @Test
    void oneRegisterOverflowsAtTheSecondFault() {
        Bench unit = Bench.qemu();
        unit.fault(5, 0x100);
        unit.fault(6, 0x200);
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(3);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0) & 0xffff).isEqualTo(0x100);
        unit.clearFrcd(0);
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(1);
        unit.fault(6, 0x300);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0) >>> 63).as("PFO keeps new faults out").isZero();
        unit.set(RegisterName.FSTS, 1);
        assertThat(unit.get(RegisterName.FSTS)).isZero();
        unit.fault(6, 0x400);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0) & 0xffff).isEqualTo(0x400);
    }

    @Test
    void severalRegistersRotate() {
        Bench unit = Bench.full();
        for (int i = 0; i < 4; i++) {
            unit.fault(5, 0x100 + i);
        }
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(2);
        unit.clearFrcd(0);
        unit.fault(5, 0x104);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0) & 0xffff).isEqualTo(0x104);
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(2);
        unit.clearFrcd(2);
        unit.fault(5, 0x105);
        assertThat(unit.get(RegisterName.FSTS)).as("register 1 is next and still taken").isEqualTo(3);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 2) >>> 63).isZero();
        for (int i = 0; i < 4; i++) {
            unit.clearFrcd(i);
        }
        unit.set(RegisterName.FSTS, 1);
        unit.fault(5, 0x106);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 1) & 0xffff).isEqualTo(0x106);
        assertThat(unit.get(RegisterName.FSTS)).as("FRI names register 1").isEqualTo(0x102);
    }

    @Test
    void rotationStartsOverWhenTranslationAndRemappingAreOff() {
        Bench unit = Bench.full().remapping(false);
        unit.command(Bench.TE, true);
        unit.fault(5, 0x100);
        unit.clearFrcd(0);
        unit.command(Bench.TE, false);
        unit.fault(5, 0x101);
        assertThat(unit.get(RegisterName.FSTS)).as("remapping is still on").isEqualTo(0x102);
        unit.clearFrcd(1);
        unit.command(Bench.IRE, false);
        unit.fault(5, 0x102);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0) & 0xffff).isEqualTo(0x102);
    }

    @Test
    void onlyTheFirstPendingFaultSendsAnEvent() {
        Bench unit = Bench.full();
        unit.event(RegisterName.FECTL, 0xfee0_3000, 0x4021);
        unit.registers.write32(0x44, 0x1200);
        unit.fault(5, 0x100);
        unit.fault(5, 0x101);
        assertThat(unit.sent).containsExactly("FAULT_EVENT 1200fee03000 4021");
        unit.clearFrcd(0);
        unit.fault(5, 0x102);
        assertThat(unit.sent).hasSize(1);
        for (int i = 0; i < 4; i++) {
            unit.clearFrcd(i);
        }
        unit.fault(5, 0x103);
        assertThat(unit.sent).hasSize(2);
    }

    @Test
    void aMaskedEventIsPendingUntilUnmaskedOrServiced() {
        Bench unit = Bench.qemu();
        unit.registers.write32(0x3c, 0x21);
        unit.registers.write32(0x40, 0xfee0_0000);
        unit.fault(5, 0x100);
        assertThat(unit.sent).isEmpty();
        assertThat(unit.get(RegisterName.FECTL)).isEqualTo(0xc000_0000L);
        unit.set(RegisterName.FECTL, 0x8000_0000L);
        assertThat(unit.get(RegisterName.FECTL)).as("IP is read-only").isEqualTo(0xc000_0000L);
        unit.set(RegisterName.FECTL, 0);
        assertThat(unit.sent).containsExactly("FAULT_EVENT fee00000 21");
        assertThat(unit.get(RegisterName.FECTL)).isZero();
        unit.set(RegisterName.FECTL, 0x8000_0000L);
        unit.clearFrcd(0);
        unit.fault(5, 0x100);
        assertThat(unit.get(RegisterName.FECTL)).isEqualTo(0xc000_0000L);
        unit.clearFrcd(0);
        assertThat(unit.get(RegisterName.FECTL)).as("nothing is left to tell").isEqualTo(0x8000_0000L);
        unit.set(RegisterName.FECTL, 0);
        assertThat(unit.sent).hasSize(1);
    }

    @Test
    void aPendingEventStaysWhileAnotherStatusBitIsSet() {
        Bench unit = Bench.qemu();
        unit.fault(5, 0x100);
        unit.fault(5, 0x200);
        unit.clearFrcd(0);
        assertThat(unit.get(RegisterName.FECTL)).isEqualTo(0xc000_0000L);
        unit.set(RegisterName.FSTS, 1);
        assertThat(unit.get(RegisterName.FECTL)).isEqualTo(0x8000_0000L);
    }

    @Test
    void compressionIsAnOption() {
        Bench plain = Bench.full();
        Bench compressing = new Bench(Bench.FULL_CAP, Bench.FULL_ECAP, true);
        for (Bench unit : new Bench[] {plain, compressing}) {
            unit.fault(5, 0x100);
            unit.fault(6, 0x100);
            unit.fault(6, 0x200);
        }
        assertThat(plain.frcd(RegisterName.FRCD_HIGH, 1) & 0xffff).isEqualTo(0x100);
        assertThat(compressing.frcd(RegisterName.FRCD_HIGH, 1) & 0xffff).isEqualTo(0x200);
        compressing.clearFrcd(0);
        compressing.fault(7, 0x100);
        assertThat(compressing.frcd(RegisterName.FRCD_HIGH, 2) & 0xffff).isEqualTo(0x100);
    }

    /** The last record may be the last of the window: nothing is looked for behind it. */
    @Test
    void recordsAtTheEndOfTheWindow() {
        Bench unit = new Bench(Bench.QEMU_CAP & ~(0x3ffL << 24) | 0xffL << 24, Bench.QEMU_ECAP, true);
        unit.fault(5, 0x100);
        unit.fault(5, 0x100);
        assertThat(unit.get(RegisterName.FSTS)).as("compressed").isEqualTo(2);
        unit.clearFrcd(0);
        assertThat(unit.get(RegisterName.FSTS)).isZero();
        unit.fault(5, 0x200);
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(2);
    }

    private static Bench logging(int size) {
        Bench unit = Bench.full();
        unit.event(RegisterName.FECTL, 0xfee0_0000, 0x21);
        unit.set(RegisterName.AFLOG, 0x3_0000 | size << 9);
        unit.command(SFL, true);
        unit.command(EAFL, true);
        return unit;
    }

    @Test
    void theLogTakesFaultsInsteadOfTheRegisters() {
        Bench unit = logging(0);
        unit.fault(5, 0x100);
        unit.fault(6, 0x200);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0)).isZero();
        assertThat(unit.memory.read64(0x3_0000)).isEqualTo(0x1234_5000);
        assertThat(Long.toHexString(unit.memory.read64(0x3_0008))).isEqualTo("c000000500000100");
        assertThat(Long.toHexString(unit.memory.read64(0x3_0018))).isEqualTo("c000000600000200");
        assertThat(unit.get(RegisterName.FSTS)).as("APF").isEqualTo(8);
        assertThat(unit.sent).hasSize(1);
        unit.set(RegisterName.FSTS, 8);
        assertThat(unit.get(RegisterName.FSTS)).isZero();
        unit.fault(6, 0x300);
        assertThat(unit.get(RegisterName.FSTS)).as("only the first record of a log is told").isZero();
        unit.command(EAFL, false);
        unit.fault(6, 0x400);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0) & 0xffff).isEqualTo(0x400);
    }

    @Test
    void aFullLogOverflowsUntilAnotherIsSet() {
        for (int size = 0; size < 2; size++) {
            Bench unit = logging(size);
            int entries = 256 << size;
            for (int i = 0; i < entries; i++) {
                unit.fault(5, i);
            }
            assertThat(unit.get(RegisterName.FSTS)).isEqualTo(8);
            assertThat(unit.memory.read64(0x3_0008 + 16L * (entries - 1)) & 0xffff).isEqualTo(entries - 1);
            unit.fault(5, 0x9999);
            assertThat(unit.get(RegisterName.FSTS)).as("AFO").isEqualTo(12);
            assertThat(unit.memory.read64(0x3_0008) & 0xffff).isZero();
            assertThat(unit.memory.read64(0x3_0008 + 16L * entries)).isZero();
            unit.set(RegisterName.FSTS, 12);
            unit.fault(5, 0x9999);
            assertThat(unit.get(RegisterName.FSTS)).as("still full").isEqualTo(4);
            assertThat(unit.sent).hasSize(2);
            unit.set(RegisterName.FSTS, 4);
            unit.command(SFL, true);
            unit.fault(5, 0x7777);
            assertThat(unit.memory.read64(0x3_0008) & 0xffff).isEqualTo(0x7777);
            assertThat(unit.get(RegisterName.FSTS)).isEqualTo(8);
        }
    }

    @Test
    void aLogThatCannotBeWrittenOverflows() {
        Bench unit = logging(0);
        unit.memory.hole(0x3_0000, 0x3_ffff);
        unit.fault(5, 1);
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(4);
    }

    @Test
    void concurrentFaultsAreRecordedOnceEach() throws InterruptedException {
        Bench unit = new Bench(Bench.QEMU_CAP | 0xffL << 40, Bench.QEMU_ECAP & ~(0x3ffL << 8) | 0x200 << 8, false);
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            int bus = t << 8;
            threads[t] = Thread.ofPlatform().start(() -> {
                awaitQuietly(start);
                for (int i = 0; i < 64; i++) {
                    unit.fault(5, bus | i);
                }
            });
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        boolean[] seen = new boolean[0x400];
        for (int i = 0; i < 256; i++) {
            int sourceId = (int) unit.frcd(RegisterName.FRCD_HIGH, i) & 0xffff;
            assertThat(seen[sourceId]).isFalse();
            seen[sourceId] = true;
        }
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
