package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.FaultFields.FrcdHigh;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.InterruptMessage;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.PageGroupResponse;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.RegisterName;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole units, programmed through their registers: Linux's bring-up, faults, and the hand-over to a kdump kernel (Linux commit 091d42e43d21). */
class RemappingUnitTest {
    private static final int DISK = 0x0300;
    private static final int NIC = 0x0400;
    private static final long BUFFER = 0x7F00_0000L;

    private final Machine machine = new Machine(Machine.linux());
    private final RemappingUnit unit = machine.unit;
    private final long root = machine.tables.page();
    private final long interrupts = machine.tables.pages(16);
    private final SecondStageTree disk = machine.tables.secondStage(AddressWidth.BITS_48);
    private final long diskContext = machine.tables.context(root, DISK, Rig.context(disk).build());

    /** Queue, interrupt remapping, root, global invalidations, translation: the order of Linux's driver. */
    private void bringUp() {
        disk.map(BUFFER, 0x2000_0000L, 0x4000, Rig.RW);
        entry(interrupts, 3, Irte.xapic(0x31, 1).from(1, 0, DISK));
        machine.queue();
        machine.interrupts(interrupts);
        machine.invalidate(InvalidationDescriptor.interrupts());
        unit.write(RegisterName.FEDATA, 0x20);
        unit.write(RegisterName.FEADDR, 0xFEE0_0000L);
        unit.write(RegisterName.FECTL, 0);
        machine.root(root);
        machine.invalidate(InvalidationDescriptor.contexts());
        machine.invalidate(InvalidationDescriptor.translations());
        machine.command(Machine.TE, true);
        assertThat(unit.read(RegisterName.GSTS)).isEqualTo(0xC700_0000L);
    }

    private void entry(long table, int index, Irte entry) {
        machine.memory.write64(table + 16L * index + 8, entry.high());
        machine.memory.write64(table + 16L * index, entry.low());
    }

    private static long message(int index) {
        return InterruptMessage.remappable(index).address();
    }

    @Test
    void translatesAndRemapsOnceLinuxHasBroughtItUp() {
        assertThat(machine.access(DISK, BUFFER, Request.READ)).as("before").isEqualTo(BUFFER);
        bringUp();
        assertThat(machine.access(DISK, BUFFER + 0x1234, Request.READ)).isEqualTo(0x2000_1234L);
        assertThat(machine.access(DISK, BUFFER + 0x1234, Request.WRITE)).isEqualTo(0x2000_1234L);
        assertThat(machine.message(DISK, message(3), 0)).isEqualTo(0x31);
        assertThat(machine.sent).containsExactly("INTERRUPT fee01000 31");
        assertThat(unit.read(RegisterName.FSTS)).isZero();
        machine.noErrors();
    }

    @Test
    void recordsFaultsThatSoftwareReadsAndClears() {
        bringUp();
        assertThat(machine.access(NIC, 0x5678, Request.READ)).isEqualTo(-FaultReason.LRT_2.code());
        assertThat(machine.sent).containsExactly("FAULT_EVENT fee00000 20");
        assertThat(unit.read(RegisterName.FSTS)).as("PPF, FRI 0").isEqualTo(2);
        assertThat(machine.access(DISK, BUFFER + 0x4000, Request.WRITE)).isEqualTo(-FaultReason.LGN_2.code());
        assertThat(machine.message(NIC, message(3), 0)).isEqualTo(-FaultReason.IR_SOURCE.code());
        assertThat(machine.sent).as("one event until all are cleared").hasSize(1);
        assertThat(machine.faultLow(0)).isEqualTo(0x5000);
        assertThat(FrcdHigh.FR.get(machine.faultHigh(0))).isEqualTo(FaultReason.LRT_2.code());
        assertThat(FrcdHigh.SID.get(machine.faultHigh(0))).isEqualTo(NIC);
        assertThat(FrcdHigh.T1.isSet(machine.faultHigh(0))).isTrue();
        assertThat(machine.faultLow(1)).isEqualTo(BUFFER + 0x4000);
        assertThat(FrcdHigh.T1.isSet(machine.faultHigh(1))).isFalse();
        assertThat(machine.faultLow(2)).isEqualTo(3L << 48);
        assertThat(FrcdHigh.FR.get(machine.faultHigh(2))).isEqualTo(FaultReason.IR_SOURCE.code());
        for (int index = 0; index < 3; index++) {
            machine.clearFault(index);
            assertThat(FrcdHigh.F.isSet(machine.faultHigh(index))).isFalse();
        }
        assertThat(unit.read(RegisterName.FSTS) & 3).isZero();
        machine.noErrors();
    }

    @Test
    void aWriteToTheInterruptRangeThatIsNoMessageIsRefused() {
        bringUp();
        unit.deliver(DISK, message(3), 8, 0, machine.interrupt);
        assertThat(machine.interrupt.faultCode()).isEqualTo(0x29);
        assertThat(FrcdHigh.FR.get(machine.faultHigh(0))).isEqualTo(0x29);
        assertThat(machine.sent).containsExactly("FAULT_EVENT fee00000 20");
        unit.remap(DISK, message(3), 0, machine.interrupt);
        assertThat(machine.interrupt.value()).isEqualTo(0x31);
        assertThat(machine.sent).as("remap sends nothing").hasSize(1);
    }

    @Test
    void kdumpKernelTakesOverWhileTheDiskKeepsWriting() {
        bringUp();
        assertThat(machine.access(DISK, BUFFER, Request.WRITE)).isEqualTo(0x2000_0000L);
        machine.queue();
        // Interrupt table: copied, pointed to with IRE on.
        long newInterrupts = machine.tables.pages(16);
        for (int word = 0; word < 4096 * 2; word++) {
            machine.memory.write64(newInterrupts + 8L * word, machine.memory.read64(interrupts + 8L * word));
        }
        machine.interrupts(newInterrupts);
        machine.invalidate(InvalidationDescriptor.interrupts());
        assertThat(machine.message(DISK, message(3), 0)).isEqualTo(0x31);
        // Root and context tables: copied entry by entry, the page tables stay the old kernel's; TE stays on.
        long newRoot = machine.tables.page();
        machine.tables.context(newRoot, DISK, ContextEntry.read(machine.memory, diskContext));
        machine.root(newRoot);
        machine.invalidate(InvalidationDescriptor.contexts());
        machine.invalidate(InvalidationDescriptor.translations());
        assertThat(machine.access(DISK, BUFFER + 8, Request.WRITE)).isEqualTo(0x2000_0008L);
        assertThat(unit.read(RegisterName.GSTS)).isEqualTo(0xC700_0000L);
        assertThat(unit.read(RegisterName.FSTS)).isZero();
        attachNewDomain(newRoot);
        assertThat(FrcdHigh.F.isSet(machine.faultHigh(0))).isFalse();
        assertThat(machine.access(DISK, BUFFER, Request.WRITE)).as("the old mapping is gone").isEqualTo(-FaultReason.LGN_2.code());
        assertThat(machine.access(DISK, 0x1000, Request.WRITE)).isEqualTo(0x3000_0000L);
        machine.noErrors();
    }

    /** The disk's driver maps its first buffer: the copied entry goes, the old domain's caches are flushed, a new domain comes. */
    private void attachNewDomain(long newRoot) {
        SecondStageTree fresh = machine.tables.secondStage(AddressWidth.BITS_48);
        fresh.map(0x1000, 0x3000_0000L, 0x1000, Rig.RW);
        machine.tables.context(newRoot, DISK, ContextEntry.builder().build());
        machine.invalidate(InvalidationDescriptor.contextsOfDevice(5, DISK, 0));
        machine.invalidate(InvalidationDescriptor.translationsOfDomain(5));
        machine.tables.context(newRoot, DISK, Rig.context(fresh).domain(6).build());
    }

    @Test
    void withoutTheHandoverTheDumpKernelSeesTheOldReports() {
        bringUp();
        machine.queue();
        machine.interrupts(machine.tables.pages(16));
        machine.invalidate(InvalidationDescriptor.interrupts());
        machine.root(machine.tables.page());
        machine.invalidate(InvalidationDescriptor.contexts());
        machine.invalidate(InvalidationDescriptor.translations());
        assertThat(machine.access(DISK, BUFFER, Request.READ)).as("reason 01 of the reports").isEqualTo(-1);
        assertThat(machine.message(DISK, message(3), 0)).as("reason 34 of the reports").isEqualTo(-34);
    }

    @Test
    void aNewRootIsNotSeenThroughCachesUntilTheyAreFlushed() {
        bringUp();
        assertThat(machine.access(DISK, BUFFER, Request.READ)).isEqualTo(0x2000_0000L);
        machine.root(machine.tables.page());
        assertThat(machine.access(DISK, BUFFER, Request.READ)).isEqualTo(0x2000_0000L);
        machine.invalidate(InvalidationDescriptor.contexts());
        assertThat(machine.access(DISK, BUFFER, Request.READ)).isEqualTo(-1);
    }

    @Test
    void tracesEveryEntryAndChangesNothing() {
        bringUp();
        WalkTrace trace = unit.trace(DISK, BUFFER + 0x4000, Request.READ, 0);
        assertThat(trace.steps()).extracting(WalkTrace.Step::level).containsExactly(0, 0, 4, 3, 2, 1);
        assertThat(trace.outcome().reason()).contains(FaultReason.LGN_3);
        assertThat(unit.read(RegisterName.FSTS)).isZero();
    }

    @Test
    void aSnapshotBringsRegistersAndCachesBack() {
        bringUp();
        assertThat(machine.access(DISK, BUFFER, Request.READ)).isEqualTo(0x2000_0000L);
        machine.message(DISK, message(3), 0);
        UnitSnapshot before = unit.snapshot();
        entry(interrupts, 3, new Irte(0, 0));
        machine.memory.write64(disk.entryAddress(BUFFER, 1), 0);
        unit.reset();
        assertThat(unit.read(RegisterName.GSTS)).isZero();
        assertThat(machine.access(DISK, BUFFER, Request.READ)).as("off").isEqualTo(BUFFER);
        unit.restore(before);
        assertThat(unit.read(RegisterName.GSTS)).isEqualTo(0xC700_0000L);
        assertThat(machine.access(DISK, BUFFER, Request.READ)).as("from the IOTLB").isEqualTo(0x2000_0000L);
        assertThat(machine.message(DISK, message(3), 0)).as("from the interrupt entry cache").isEqualTo(0x31);
        machine.invalidate(InvalidationDescriptor.translations());
        assertThat(machine.access(DISK, BUFFER, Request.READ)).isEqualTo(-FaultReason.LGN_3.code());
    }

    @Test
    void resetEmptiesTheCaches() {
        bringUp();
        assertThat(machine.access(DISK, BUFFER, Request.READ)).isEqualTo(0x2000_0000L);
        machine.memory.write64(disk.entryAddress(BUFFER, 1), 0);
        unit.reset();
        machine.root(root);
        machine.command(Machine.TE, true);
        assertThat(machine.access(DISK, BUFFER, Request.READ)).isEqualTo(-FaultReason.LGN_3.code());
    }

    @Test
    void refusesASnapshotOfAnotherUnit() {
        UnitSnapshot snapshot = unit.snapshot();
        RemappingUnit small = RemappingUnit.builder(Machine.linux(), machine.memory).caches(CacheSizes.NONE).build();
        assertThatThrownBy(() -> small.restore(snapshot)).hasMessageContaining("caches of other sizes");
        RemappingUnit other = RemappingUnit.of(Rig.scalableCapabilities().build(), machine.memory);
        assertThatThrownBy(() -> other.restore(snapshot)).hasMessageContaining("other capabilities");
    }

    @Test
    void registersByNameAndByOffset() {
        RemappingUnit named = RemappingUnit.builder(Machine.linux(), machine.memory).version(0x23).build();
        assertThat(named.read(RegisterName.VER)).isEqualTo(0x23);
        assertThat(named.read32(0)).isEqualTo(0x23);
        assertThat(unit.read(RegisterName.VER)).isEqualTo(0x40);
        assertThat(named.read64(8)).isEqualTo(named.capabilities().cap());
        assertThat(named.read(RegisterName.PQA)).as("absent").isZero();
        named.write(RegisterName.PQA, 0x1000);
        assertThat(named.read(RegisterName.PQA)).isZero();
        named.write64(0x20, 0x5000);
        assertThat(named.read(RegisterName.RTADDR)).isEqualTo(0x5000);
    }

    @Test
    void compressionDropsAFaultWhileOneOfItsSourceIsPending() {
        RemappingUnit terse = RemappingUnit.builder(Machine.linux(), machine.memory).compressFaults(true).build();
        terse.write(RegisterName.RTADDR, root);
        terse.write(RegisterName.GCMD, Machine.SRTP);
        terse.write(RegisterName.GCMD, Integer.toUnsignedLong(Machine.TE));
        terse.translate(NIC, 0, Request.READ, 0, machine.out);
        terse.translate(NIC, 0, Request.READ, 0, machine.out);
        assertThat(terse.read64(terse.layout().faultRecordOffset() + 24)).isZero();
    }

    @Test
    void pageRequestsNeedTheContextEntrysLeave() {
        Machine scalable = new Machine(Rig.scalableCapabilities().build());
        RemappingUnit shared = scalable.unit;
        PageRequestDescriptor request = PageRequestDescriptor.single(DISK, 0x7000, 1, true);
        assertThat(shared.requestPage(request)).as("translation is off").isEqualTo(PageRequestOutcome.REFUSED);
        assertThat(shared.read(RegisterName.FSTS)).isZero();
        long top = scalable.tables.page();
        long directory = scalable.tables.pasidDirectory(0);
        scalable.tables.pasid(directory, 0, PasidEntry.builder().build());
        ScalableContextEntry.Builder context = ScalableContextEntry.builder().present(true).deviceTlb(true).directory(directory);
        scalable.tables.context(top, DISK, context.build());
        shared.write(RegisterName.PQA, scalable.tables.page());
        scalable.root(top | 1 << 10);
        scalable.command(Machine.TE, true);
        assertThat(shared.requestPage(request)).isEqualTo(PageRequestOutcome.REFUSED);
        assertThat(FrcdHigh.FR.get(scalable.faultHigh(0))).isEqualTo(FaultReason.SCT_8.code());
        assertThat(FrcdHigh.T2.isSet(scalable.faultHigh(0))).isTrue();
        assertThat(scalable.faultLow(0)).isEqualTo(0x7000);
        scalable.tables.context(top, DISK, context.pageRequests(true).build());
        // Refused requests' entries may be in the context-cache: they are not wrong.
        shared.reset();
        scalable.root(top | 1 << 10);
        scalable.command(Machine.TE, true);
        shared.write(RegisterName.PQA, scalable.tables.page());
        assertThat(shared.requestPage(request)).isEqualTo(PageRequestOutcome.QUEUED);
        assertThat(shared.read(RegisterName.PQT)).isEqualTo(32);
    }

    @Test
    void cacheSizesArePowersOfTwo() {
        assertThat(new CacheSizes(1 << 24, 1, 4, 0).contexts()).isEqualTo(1 << 24);
        for (int bad : new int[] {-1, 3, 6, 1 << 25}) {
            assertThatThrownBy(() -> new CacheSizes(bad, 0, 0, 0)).hasMessageContaining("cache size: " + bad);
            assertThatThrownBy(() -> new CacheSizes(0, bad, 0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new CacheSizes(0, 0, bad, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new CacheSizes(0, 0, 0, bad)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new CacheSizes(0, 0, 2, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CacheSizes(0, 0, 0, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A machine's devices are asked, its errors are counted, and a batch goes through the whole unit. */
    @Test
    void whatTheBuilderIsGivenIsUsed() {
        List<DeviceTlbInvalidation> asked = new ArrayList<>();
        SparseMemory memory = new SparseMemory(1L << 32);
        DeviceTlb devices = new DeviceTlb() {
            @Override
            public DeviceTlbAnswer invalidate(DeviceTlbInvalidation request) {
                asked.add(request);
                return DeviceTlb.NONE.invalidate(request);
            }

            @Override
            public void respond(PageGroupResponse response) {
                throw new AssertionError("nothing was asked");
            }
        };
        RemappingUnit unit = RemappingUnit.builder(Rig.legacyCapabilities().build(), memory).devices(devices).build();
        unit.write(RegisterName.IQA, 0x10_0000);
        unit.write(RegisterName.GCMD, Machine.QIE);
        memory.write64(0x10_0000, 0x10_0000_0003L);
        unit.write(RegisterName.IQT, 0x10);
        assertThat(asked).extracting(DeviceTlbInvalidation::sourceId).containsExactly(0x10);
        assertThat(unit.errors(ProgrammingError.BAD_ACCESS)).isZero();
        unit.read32(1);
        assertThat(unit.errors(ProgrammingError.BAD_ACCESS)).isEqualTo(1);
        AddressBatch batch = new AddressBatch(2);
        batch.add(0x1000);
        batch.add(0xFEE0_0000L);
        Translation out = new Translation();
        assertThat(unit.translateAll(0x10, Request.WRITE, batch, out)).as("translation is off; the second is an interrupt request").isEqualTo(1);
        assertThat(batch.output(0)).isEqualTo(0x1000);
        assertThat(out.outcome()).isEqualTo(Translation.Outcome.INTERRUPT);
    }
}
