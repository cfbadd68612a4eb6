package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.Register;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Accesses: reset values, masks, halves, refusals. Values of the first tests are those that QEMU 7.2 shows over qtest (facts, measured). */
class RegisterFileTest {

    @Test
    void resetValuesOfQemusDefaultUnit() {
        Bench unit = Bench.qemu();
        assertThat(unit.registers.read32(0x00)).isEqualTo(0x10);
        assertThat(unit.registers.read64(0x08)).isEqualTo(0xd2008c22260206L);
        assertThat(unit.registers.read64(0x10)).isEqualTo(0xf00f4aL);
        assertThat(unit.registers.read32(0x38)).isEqualTo(0x8000_0000);
        assertThat(unit.registers.read32(0xa0)).isEqualTo(0x8000_0000);
        for (int offset = 0x18; offset < 0x1000; offset += 4) {
            if (offset != 0x38 && offset != 0xa0) {
                assertThat(unit.registers.read32(offset)).as("offset 0x%x", offset).isZero();
            }
        }
    }

    @Test
    void writableMasksAreQemusButForTheBitsThatItsCapabilitiesReserve() {
        String rows = """
                20 fffffffffffffc00
                80 0
                88 7fff0
                b8 fffffffffffff00f
                f0 0
                b0 0
                8 d2008c22260206
                10 f00f4a
                """;
        for (String row : rows.strip().split("\n")) {
            Bench unit = Bench.qemu();
            int offset = Integer.parseInt(row.split(" ")[0], 16);
            unit.registers.write64(offset, -1);
            assertThat(Long.toHexString(unit.registers.read64(offset))).as("offset 0x%x", offset).isEqualTo(row.split(" ")[1]);
        }
        String narrow = """
                0 10
                1c 0
                34 0
                38 80000000
                3c ffff
                40 fffffffc
                44 0
                64 0
                9c 0
                a0 80000000
                a4 ffffffff
                a8 fffffffc
                ac 0
                """;
        for (String row : narrow.strip().split("\n")) {
            Bench unit = Bench.qemu();
            int offset = Integer.parseInt(row.split(" ")[0], 16);
            unit.registers.write32(offset, -1);
            assertThat(Integer.toHexString(unit.registers.read32(offset))).as("offset 0x%x", offset).isEqualTo(row.split(" ")[1]);
        }
    }

    @Test
    void everyRegisterKeepsItsReadOnlyAndReservedBits() {
        for (Bench sample : new Bench[] {Bench.qemu(), Bench.full()}) {
            for (Register register : sample.registers.layout().registers()) {
                Bench unit = new Bench(sample.registers.layout().cap(), sample.registers.layout().ecap(), false);
                unit.registers.write(register.offset(), register.sizeBytes(), 0x7fff_ffff_7fff_ffffL);
                long value = unit.registers.read(register.offset(), register.sizeBytes());
                long changed = value ^ register.reset();
                assertThat(changed & ~register.writable() & ~statusBits(register.name())).as("%s", register).isZero();
            }
        }
    }

    /** Read-only bits that commands set. */
    private static long statusBits(RegisterName name) {
        return switch (name) {
            case CCMD -> 3L << 59;
            case IOTLB -> 3L << 57;
            default -> 0;
        };
    }

    @Test
    void a64BitRegisterMayBeAccessedInHalves() {
        Bench unit = Bench.qemu();
        unit.registers.write32(0x20, 0x1234_5000);
        unit.registers.write32(0x24, 0x7);
        assertThat(unit.registers.read64(0x20)).isEqualTo(0x7_1234_5000L);
        assertThat(unit.registers.read32(0x20)).isEqualTo(0x1234_5000);
        assertThat(unit.registers.read32(0x24)).isEqualTo(7);
        unit.registers.write32(0x20, 0x8000);
        assertThat(unit.registers.read64(0x20)).isEqualTo(0x7_0000_8000L);
    }

    @Test
    void a64BitAccessToTwo32BitRegistersIsTwoAccesses() {
        Bench unit = Bench.full();
        unit.registers.write64(0x40, 0x0000_0100_fee0_1004L);
        assertThat(unit.registers.read32(0x40)).isEqualTo(0xfee0_1004);
        assertThat(unit.registers.read32(0x44)).isEqualTo(0x100);
        assertThat(unit.registers.read64(0x40)).isEqualTo(0x0000_0100_fee0_1004L);
        assertThat(unit.registers.read64(0x38)).isEqualTo(0x8000_0000L);
    }

    @Test
    void aCommandInHalvesIsGivenByTheUpperHalf() {
        Bench unit = Bench.qemu();
        unit.registers.write32(0x28, 0x0318_0005);
        assertThat(unit.calls).isEmpty();
        unit.registers.write32(0x2c, 0xe000_0001);
        assertThat(unit.calls).containsExactly("context of 5 318 1");
        unit.registers.write32(0xfc, 0x9000_0000);
        assertThat(unit.calls).hasSize(2).last().isEqualTo("translations");
    }

    @Test
    void badAccessesReadZeroWriteNothingAndAreCounted() {
        Bench unit = Bench.qemu();
        assertThat(unit.registers.read(0x08, 1)).isZero();
        assertThat(unit.registers.read(0x08, 2)).isZero();
        assertThat(unit.registers.read(0x0c, 8)).isZero();
        assertThat(unit.registers.read(0x09, 4)).isZero();
        assertThat(unit.registers.read(0x1000, 4)).isZero();
        assertThat(unit.registers.read(-4, 4)).isZero();
        assertThat(unit.registers.read(0x08, 16)).isZero();
        assertThat(unit.registers.errors(ProgrammingError.BAD_ACCESS)).isEqualTo(7);
        unit.registers.write(0x20, 2, 0xffff);
        unit.registers.write(0x24, 8, -1);
        unit.registers.write(0x22, 4, -1);
        assertThat(unit.registers.read64(0x20)).isZero();
        assertThat(unit.registers.errors(ProgrammingError.BAD_ACCESS)).isEqualTo(10);
        assertThat(unit.registers.read32(0xffc)).isZero();
        assertThat(unit.registers.errors(ProgrammingError.BAD_ACCESS)).isEqualTo(10);
    }

    @Test
    void absentRegistersReadZeroAndIgnoreWrites() {
        Bench unit = new Bench(Bench.QEMU_CAP, 0xf00f00, false);
        for (int offset : new int[] {0x58, 0x64, 0x68, 0x80, 0x88, 0x90, 0x9c, 0xa0, 0xb0, 0xb8, 0xc0, 0xd0, 0xdc, 0xe0, 0x100, 0x180}) {
            unit.registers.write32(offset, -1);
            assertThat(unit.registers.read32(offset)).as("offset 0x%x", offset).isZero();
        }
        unit.set(RegisterName.FSTS, 0x7f);
        assertThat(unit.get(RegisterName.FSTS)).isZero();
    }

    @Test
    void snapshotAndRestoreKeepEverythingThatCanBeSeen() {
        Bench unit = Bench.full().queue(false).remapping(true);
        unit.mode(0);
        unit.command(Bench.TE, true);
        unit.fault(5, 0x100);
        unit.fault(6, 0x200);
        RegisterSnapshot snapshot = unit.registers.snapshot();
        UnitState state = unit.registers.state();
        long[] before = image(unit);
        unit.set(RegisterName.RTADDR, 0x1000);
        unit.command(Bench.SRTP, true);
        unit.command(Bench.QIE, false);
        unit.clearFrcd(0);
        unit.registers.reset();
        assertThat(unit.registers.state().translationEnabled()).isFalse();
        assertThat(unit.get(RegisterName.GSTS)).isZero();
        assertThat(unit.calls).containsSequence("contexts", "pasids", "translations", "interrupts");
        unit.registers.restore(snapshot);
        assertThat(image(unit)).isEqualTo(before);
        assertThat(unit.registers.state()).isEqualTo(state);
        unit.fault(7, 0x300);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 2) & 0xffff).isEqualTo(0x300);
        assertThatThrownBy(() -> Bench.qemu().registers.restore(snapshot)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long[] image(Bench unit) {
        long[] image = new long[0x1000 / 8];
        for (int i = 0; i < image.length; i++) {
            image[i] = unit.registers.read64(8 * i);
        }
        return image;
    }

    /** Every access gives the lock back, also one that is refused: another thread gets in after it. */
    @Test
    void otherThreadsGetInAfterwards() throws Exception {
        Bench unit = Bench.full();
        RegisterFile registers = unit.registers;
        RegisterSnapshot state = registers.snapshot();
        PageRequestDescriptor request = new PageRequestDescriptor(5, OptionalInt.empty(), 0x1000, 1, true, true, false, false, false);
        List<Runnable> accesses = List.of(() -> registers.read32(0), () -> registers.read64(8), () -> registers.read(0, 1), () -> registers.write64(0x20, 0),
                () -> registers.write(0, 3, 0), () -> registers.errors(ProgrammingError.BAD_ACCESS), registers::snapshot, () -> registers.restore(state),
                () -> assertThatThrownBy(() -> registers.restore(Bench.qemu().registers.snapshot())).isInstanceOf(IllegalArgumentException.class),
                registers::reset, () -> unit.fault(5, 1), () -> registers.pageRequests().submit(request), () -> registers.pageRequests().refused(request));
        for (Runnable access : accesses) {
            access.run();
            Thread elsewhere = Thread.ofPlatform().daemon().start(() -> registers.read32(0));
            elsewhere.join(20_000);
            assertThat(elsewhere.isAlive()).as("access %d keeps the lock", accesses.indexOf(access)).isFalse();
        }
    }

    @Test
    void afterResetNothingOfTheQueueIsLeft() {
        Bench unit = Bench.full().queue(true);
        assertThat(unit.registers.snapshot().ring).isNotEqualTo(InvalidationQueue.Ring.NONE);
        unit.registers.reset();
        assertThat(unit.registers.snapshot().ring).isEqualTo(Bench.full().registers.snapshot().ring).isEqualTo(InvalidationQueue.Ring.NONE);
    }
}
