package dev.dmarshal.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.tables.UnitTables;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Texts that say where tables are, in the forms of their sources. */
class RegisterTextTest {

    @Test
    void registersOfDebugfs() {
        List<UnitTables> units = RegisterText.units("""
                IOMMU: dmar0 Register Base Address: fed90000
                Name\t\t\tOffset\t\tContents
                VER             \t0x00\t\t0x0000000000000010
                CAP             \t0x08\t\t0x01d2008c222f0606
                ECAP            \t0x10\t\t0x0000880000f00f4a
                RTADDR          \t0x20\t\t0x0000000012345400
                IRTA            \t0xb8\t\t0x000000000680000f

                IOMMU: dmar1 Register Base Address: fed91000
                RTADDR          \t0x20\t\t0x0000000023456000
                """);
        assertThat(units).extracting(UnitTables::name).containsExactly("dmar0", "dmar1");
        assertThat(units.getFirst().rootRegister()).hasValue(0x12345400L);
        assertThat(units.getFirst().scalable()).isTrue();
        assertThat(units.getFirst().interruptRegister()).hasValue(0x680000fL);
        assertThat(units.getFirst().capabilitiesKnown()).isTrue();
        assertThat(units.getLast().capabilitiesKnown()).isFalse();
    }

    @Test
    void structuresOfDebugfs() {
        List<UnitTables> units = RegisterText.units("""
                IOMMU dmar0: Root Table Address: 0x104ab000
                B.D.F\tRoot_entry\t\t\t\tContext_entry\t\t\t\tPASID\tPASID_table_entry
                00:02.0\t0x0000000000000000:0x00000000104ac001\t0x0000000000000102:0x00000000104ad001\t-1    \t0x0000000000000000:0x0000000000000000:0x0000000000000000

                IOMMU dmar1: Root Table Address: 0x204ab000
                00:04.0\t0x0000000000000000:0x00000000204ac001\t0x0000000000000000:0x00000000204ad401\t0     \t0x00000000204ae000:0x0000000000000002:0x0000000000000049

                Remapped Interrupt supported on IOMMU: dmar1
                 IR table address:106800000
                """);
        assertThat(units.getFirst().rootRegister()).hasValue(0x104ab000L);
        assertThat(units.getFirst().scalable()).isFalse();
        assertThat(units.getLast().scalable()).isTrue();
        assertThat(units.getLast().rootTable()).hasValue(0x204ab000L);
        assertThat(units.getLast().interruptRegister()).hasValue(0x10680000FL);
    }

    @Test
    void logsOfLinuxAndXen() {
        List<UnitTables> linux = RegisterText.units("""
                [    0.1] DMAR: Host address width 39
                [    0.2] DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap 1c0000c40660462 ecap 19e2ff0505e
                """);
        assertThat(linux.getFirst().capabilities().hostAddressWidth()).isEqualTo(39);
        assertThat(linux.getFirst().rootRegister()).isEmpty();
        List<UnitTables> xen = RegisterText.units("""
                (XEN) ---- print_iommu_regs ----
                (XEN)  drhd->address = fed90000
                (XEN)  VER = 10
                (XEN)  CAP = 1d2008c222f0606
                (XEN)  ECAP = f00f5a
                (XEN)  RTADDR = 7ff47000
                """);
        assertThat(xen).hasSize(1).first().satisfies(unit -> assertThat(unit.name()).isEqualTo("drhd@0xfed90000"))
                .satisfies(unit -> assertThat(unit.rootRegister()).hasValue(0x7ff47000L)).satisfies(unit -> assertThat(unit.capabilitiesKnown()).isTrue());
    }

    @Test
    void anyTextEnds() {
        assertThat(RegisterText.units("drhd->address = \n CAP = \nIOMMU dmar0: Root Table Address: 0x\n\0")).isEmpty();
        assertThat(RegisterText.units(" IR table address:10\nRTADDR 0x20 0x1000\n")).isEmpty();
    }
}
