package dev.dmarshal.core.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Where the registers of a unit are and what their bits do, for several capabilities. */
class RegisterLayoutTest {

    private static final long QEMU_CAP = 0xd2008c22260206L;
    private static final long QEMU_ECAP = 0xf00f4aL;
    /** EIM, DT, MTS, PRS, PASID, SMTS and IRO=50h beside QI and IR. */
    private static final long FULL_ECAP = 0x0000_8d00_22f0_501eL;
    /** AFL, PLMR, PHMR, NFR=7, FRO=40h. */
    private static final long FULL_CAP = 0x0000_0700_4026_0268L;

    @Test
    void qemuLikeUnitHasItsRegistersAndMasks() {
        RegisterLayout layout = RegisterLayout.of(0x10, QEMU_CAP, QEMU_ECAP);
        List<String> rows = layout.registers().stream().map(RegisterLayoutTest::row).toList();
        assertThat(rows).containsExactly(
                "VER+0 w=0 c=0 r=10", "CAP+8 w=0 c=0 r=d2008c22260206", "ECAP+10 w=0 c=0 r=f00f4a", "GCMD+18 w=0 c=0 r=0", "GSTS+1c w=0 c=0 r=0",
                "RTADDR+20 w=fffffffffffffc00 c=0 r=0", "CCMD+28 w=e0000003ffffffff c=0 r=0", "FSTS+34 w=0 c=11 r=0",
                "FECTL+38 w=80000000 c=0 r=80000000", "FEDATA+3c w=ffff c=0 r=0", "FEADDR+40 w=fffffffc c=0 r=0", "FEUADDR+44 w=0 c=0 r=0",
                "IQH+80 w=0 c=0 r=0", "IQT+88 w=7fff0 c=0 r=0", "IQA+90 w=fffffffffffff007 c=0 r=0", "ICS+9c w=0 c=1 r=0",
                "IECTL+a0 w=80000000 c=0 r=80000000", "IEDATA+a4 w=ffffffff c=0 r=0", "IEADDR+a8 w=fffffffc c=0 r=0", "IEUADDR+ac w=0 c=0 r=0",
                "IQERCD+b0 w=0 c=0 r=0", "IRTA+b8 w=fffffffffffff00f c=0 r=0", "IVA+f0 w=fffffffffffff07f c=0 r=0",
                "IOTLB+f8 w=b003ffff00000000 c=0 r=0", "FRCD_LOW+220 w=0 c=0 r=0", "FRCD_HIGH+228 w=0 c=8000000000000000 r=0");
        assertThat(layout.windowBytes()).isEqualTo(0x1000);
        assertThat(layout.faultRecords()).isEqualTo(1);
        assertThat(layout.faultRecordOffset()).isEqualTo(0x220);
        assertThat(layout.invalidationOffset()).isEqualTo(0xf0);
        assertThat(layout.at(0xfc)).map(Register::name).contains(RegisterName.IOTLB);
        assertThat(layout.at(0x64)).isEmpty();
        assertThat(layout.at(-4)).isEmpty();
        assertThat(layout.at(0x1000)).isEmpty();
        assertThat(layout.find(RegisterName.PMEN)).isEmpty();
    }

    @Test
    void everyRegisterIsThereWhenTheCapabilitiesSaySo() {
        RegisterLayout layout = RegisterLayout.of(0x60, FULL_CAP, FULL_ECAP);
        assertThat(layout.registers().stream().map(Register::name).collect(Collectors.toSet())).containsExactlyInAnyOrder(RegisterName.values());
        assertThat(row(layout.find(RegisterName.PLMLIMIT).orElseThrow())).isEqualTo("PLMLIMIT+6c w=ffe00000 c=0 r=0");
        assertThat(row(layout.find(RegisterName.PHMBASE).orElseThrow())).isEqualTo("PHMBASE+70 w=ffffffffffe00000 c=0 r=0");
        assertThat(row(layout.find(RegisterName.FSTS).orElseThrow())).isEqualTo("FSTS+34 w=0 c=7d r=0");
        assertThat(row(layout.find(RegisterName.FEUADDR).orElseThrow())).isEqualTo("FEUADDR+44 w=ffffffff c=0 r=0");
        assertThat(row(layout.find(RegisterName.IRTA).orElseThrow())).isEqualTo("IRTA+b8 w=fffffffffffff80f c=0 r=0");
        assertThat(row(layout.find(RegisterName.IQA).orElseThrow())).isEqualTo("IQA+90 w=fffffffffffff807 c=0 r=0");
        assertThat(row(layout.find(RegisterName.PQT).orElseThrow())).isEqualTo("PQT+c8 w=7ffe0 c=0 r=0");
        assertThat(row(layout.find(RegisterName.MTRRCAP).orElseThrow())).isEqualTo("MTRRCAP+100 w=0 c=0 r=50a");
        assertThat(layout.at(0x40 * 16 + 7 * 16 + 12).orElseThrow().index()).isEqualTo(7);
        assertThat(layout.registers().stream().filter(r -> r.name() == RegisterName.MTRR_FIX)).hasSize(11);
        assertThat(layout.registers().stream().filter(r -> r.name() == RegisterName.MTRR_PHYSMASK).mapToInt(Register::offset).max()).hasValue(0x218);
    }

    @Test
    void registersDoNotOverlapAndAreAligned() {
        for (RegisterLayout layout : List.of(RegisterLayout.of(0x10, QEMU_CAP, QEMU_ECAP), RegisterLayout.of(0x60, FULL_CAP, FULL_ECAP))) {
            boolean[] taken = new boolean[layout.windowBytes()];
            for (Register register : layout.registers()) {
                assertThat(register.offset() % register.sizeBytes()).as("%s", register).isZero();
                for (int i = 0; i < register.sizeBytes(); i++) {
                    assertThat(taken[register.offset() + i]).as("%s", register).isFalse();
                    taken[register.offset() + i] = true;
                }
                assertThat(register.writable() & register.writeOneClears()).isZero();
                assertThat((register.writable() | register.writeOneClears()) & register.name().fields().reservedMask(0)).as("%s", register).isZero();
            }
        }
    }

    @Test
    void aLayoutWhoseRecordsLieOnOtherRegistersIsRefused() {
        long recordsOnCap = QEMU_CAP & ~Capability.FAULT_RECORDS_OFFSET.mask();
        assertThatThrownBy(() -> RegisterLayout.of(0x10, recordsOnCap, QEMU_ECAP)).isInstanceOf(IllegalArgumentException.class);
        long ivaOnRecord = ExtendedCapability.IOTLB_OFFSET.set(QEMU_ECAP, 0x22);
        assertThatThrownBy(() -> RegisterLayout.of(0x10, QEMU_CAP, ivaOnRecord)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x220");
    }

    @Test
    void farRecordsMakeTheWindowLarger() {
        long far = Capability.FAULT_RECORDS.set(Capability.FAULT_RECORDS_OFFSET.set(QEMU_CAP, 0x3ff), 255);
        RegisterLayout layout = RegisterLayout.of(0x10, far, QEMU_ECAP);
        assertThat(layout.windowBytes()).isEqualTo(0x5000);
        assertThat(Arrays.asList(layout.faultRecords(), layout.faultRecordOffset())).containsExactly(256, 0x3ff0);
    }

    private static String row(Register r) {
        return r.name() + "+" + Integer.toHexString(r.offset()) + " w=" + Long.toHexString(r.writable()) + " c=" + Long.toHexString(r.writeOneClears())
                + " r=" + Long.toHexString(r.reset());
    }
}
