package dev.dmarshal.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.tables.UnitTables;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Units are found by the variables of kernels made up here; the lab shows it for real ones. */
class KernelUnitsTest {

    private static KernelUnits read(KernelImage image) {
        SavedMachine machine = image.machine();
        List<KernelNote> kernels = KernelNote.of(machine);
        assertThat(kernels).hasSize(1);
        return KernelUnits.of(machine.memory(), kernels.getFirst());
    }

    @Test
    void unitsAreReadInTheOrderOfTheList() {
        for (boolean countingDown : new boolean[] {true, false}) {
            KernelUnits kernel = read(new KernelImage(countingDown).unit(0x10_0000, "dmar0", 0x20_0000, 0x30_0000, 0).unit(0x11_0000, "dmar1", 0, 0, 0));
            assertThat(kernel.units()).extracting(UnitTables::name).containsExactly("dmar0", "dmar1");
            UnitTables first = kernel.units().getFirst();
            assertThat(first.rootRegister()).hasValue(0x20_0000);
            assertThat(first.interruptRegister()).hasValue(0x30_000FL);
            assertThat(first.capabilities().cap()).isEqualTo(KernelImage.CAP);
            assertThat(kernel.units().getLast().rootRegister()).isEmpty();
            assertThat(kernel.text()).get().satisfies(zone -> assertThat(zone.range()).isEqualTo("0x400000-0x47ffff"));
            assertThat(kernel.takenOver()).isFalse();
        }
    }

    @Test
    void scalableModeAndTakingOverShow() {
        KernelUnits kernel = read(new KernelImage(true).scalable().unit(0x10_0000, "dmar0", 0x20_0000, 0, 1));
        assertThat(kernel.units().getFirst().scalable()).isTrue();
        assertThat(kernel.units().getFirst().interruptRegister()).isEmpty();
        assertThat(kernel.takenOver()).isTrue();
    }

    @Test
    void theLocatorTakesThemBeforeItSearches() {
        TableLocator.Located located = TableLocator.locate(new KernelImage(true).unit(0x10_0000, "dmar0", 0x20_0000, 0, 0).machine(), List.of());
        assertThat(located.search()).isEmpty();
        assertThat(located.units()).hasSize(1).first().satisfies(unit -> assertThat(unit.origin()).contains("variables of kernel 6.1.0-made-up"));
    }

    @Test
    void aListThatGoesRoundEnds() {
        KernelImage image = new KernelImage(true).unit(0x10_0000, "dmar0", 0x20_0000, 0, 0);
        image.set(0x10_0010, KernelImage.DIRECT_MAP + 0x10_0010);
        assertThat(read(image).units()).hasSize(1024);
    }

    @Test
    void anyBytesEnd() {
        for (int round = 0; round < 300; round++) {
            Random random = new Random(round);
            KernelImage image = new KernelImage(true).unit(0x10_0000, "dmar0", 0x20_0000, 0x30_0000, 0);
            for (int i = 0; i < 1 + random.nextInt(20); i++) {
                long page = new long[] {0x1000, 0x2000, 0x3000, 0x4000, 0x11000, 0x12000, 0x13000, 0x14000, 0x15000, 0x16000, 0x20000, 0x30000,
                        0x10_0000}[random.nextInt(13)];
                image.set(page + random.nextInt(64) * 8L, random.nextLong() >>> random.nextInt(64));
            }
            assertThat(read(image).units().size()).isLessThanOrEqualTo(1024);
        }
    }
}
