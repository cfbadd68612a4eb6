package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A unit over 4 GiB of empty memory with tables from 16 MiB on, translation enabled, and a list of what was recorded. */
final class Rig {
    static final int DEVICE = 0x0118;
    static final long TABLES = 0x100_0000L;
    static final int RW = SecondStageTree.READ | SecondStageTree.WRITE;

    record Recorded(int reason, int sourceId, long info, int flags, int pasid) {
    }

    final PhysicalMemory memory;
    final TableBuilder tables;
    final List<Recorded> recorded = new ArrayList<>();
    final UnitCapabilities capabilities;
    final AddressRemapper unit;
    final long root;
    final Translation out = new Translation();
    private UnitState state;

    /** While it is true, new rigs' tables lie in one segment, for which the unit has short ways. */
    static boolean oneSegment;

    /** While it is true, new rigs have caches, which are dropped whenever software has stored something, and each request is made twice. */
    static boolean cached;

    Rig(UnitCapabilities capabilities, CacheSizes sizes) {
        this(capabilities, cached ? CacheSizes.DEFAULT : sizes, emptyMemory());
    }

    private static PhysicalMemory emptyMemory() {
        if (cached) {
            return new NotingMemory();
        }
        return oneSegment ? new SegmentMemory(MemorySegment.ofArray(new long[1 << 19]), TABLES) : new SparseMemory(1L << 32);
    }

    /** Over memory of the caller's, in which tables begin at 16 MiB. */
    Rig(UnitCapabilities capabilities, CacheSizes sizes, PhysicalMemory memory) {
        this.capabilities = capabilities;
        this.memory = memory;
        tables = new TableBuilder(memory, TABLES);
        unit = new AddressRemapper(capabilities, memory, sizes,
                (reason, source, info, flags, pasid) -> recorded.add(new Recorded(reason, source, info, flags, pasid)));
        root = tables.page();
        latch(capabilities.hasExtended(ExtendedCapability.SCALABLE_MODE) ? UnitState.TableMode.SCALABLE : UnitState.TableMode.LEGACY);
    }

    static Rig legacy(CacheSizes sizes) {
        return new Rig(legacyCapabilities().build(), sizes);
    }

    static Rig scalable(CacheSizes sizes) {
        return new Rig(scalableCapabilities().build(), sizes);
    }

    static UnitCapabilities.Builder legacyCapabilities() {
        return UnitCapabilities.builder().with(Capability.ADDRESS_WIDTHS, 0b1110).with(Capability.MAXIMUM_WIDTH, 56)
                .withExtended(ExtendedCapability.DEVICE_TLB, ExtendedCapability.PASS_THROUGH, ExtendedCapability.SNOOP_CONTROL);
    }

    static UnitCapabilities.Builder scalableCapabilities() {
        return legacyCapabilities().with(Capability.FIRST_STAGE_1G, 1).with(Capability.FIRST_STAGE_5_LEVELS, 1)
                .withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE, ExtendedCapability.FIRST_STAGE,
                        ExtendedCapability.NESTED, ExtendedCapability.PASID, ExtendedCapability.RID_PASID, ExtendedCapability.SCALABLE_COHERENT,
                        ExtendedCapability.SECOND_STAGE_ACCESSED_DIRTY, ExtendedCapability.EXTENDED_ACCESSED, ExtendedCapability.EXECUTE_REQUESTS,
                        ExtendedCapability.SUPERVISOR_REQUESTS, ExtendedCapability.RID_PRIVILEGED, ExtendedCapability.MEMORY_TYPES,
                        ExtendedCapability.PAGE_REQUESTS, ExtendedCapability.ABORT_MODE)
                .withExtended(ExtendedCapability.PASID_SIZE, 19);
    }

    /** Takes note of what software stores; what the unit sets in entries does not count. */
    private static final class NotingMemory extends WatchedMemory {
        private boolean stored;

        @Override
        public void write32(long address, int value) {
            stored = true;
            super.write32(address, value);
        }

        @Override
        public void write64(long address, long value) {
            stored = true;
            super.write64(address, value);
        }
    }

    void latch(UnitState.TableMode mode) {
        state = new UnitState(true, mode, root, false, false, 0, 2, false, UnitState.Range.EMPTY, UnitState.Range.EMPTY);
        unit.latch(state);
    }

    /** What was latched last by {@link #latch}. */
    UnitState state() {
        return state;
    }

    void off(UnitState.Range low, UnitState.Range high) {
        unit.latch(new UnitState(false, UnitState.TableMode.LEGACY, root, false, false, 0, 2, false, low, high));
    }

    /** A context entry for a 48-bit second stage in domain 5. */
    static ContextEntry.Builder context(SecondStageTree tree) {
        return ContextEntry.builder().present(true).translationType(ContextEntry.TranslationType.UNTRANSLATED_ONLY).secondStage(tree.root())
                .addressWidth(AddressWidth.ofLevels(tree.levels())).domain(5);
    }

    /** Puts {@code entry} at {@code pasid} of the device's directory, with a context entry that allows everything; returns the entry's address. */
    long pasid(int pasid, PasidEntry entry) {
        return pasid(pasid, entry, scalableContext());
    }

    long pasid(int pasid, PasidEntry entry, ScalableContextEntry.Builder context) {
        long directory = tables.pasidDirectory(7);
        tables.context(root, DEVICE, context.directory(directory).directorySize(7).build());
        return tables.pasid(directory, pasid, entry);
    }

    static ScalableContextEntry.Builder scalableContext() {
        return ScalableContextEntry.builder().present(true).deviceTlb(true).pasidEnabled(true).pageRequests(true);
    }

    boolean translate(long address, int request) {
        return ask(address, request, 0);
    }

    boolean translate(long address, int request, int pasid) {
        return ask(address, request | Request.PASID, pasid);
    }

    private boolean ask(long address, int request, int pasid) {
        if (!(memory instanceof NotingMemory noting)) {
            return unit.translate(DEVICE, address, request, pasid, out);
        }
        if (noting.stored) {
            unit.caches().invalidateContexts();
            unit.caches().invalidatePasids();
            unit.caches().invalidateTranslations();
            noting.stored = false;
        }
        boolean first = unit.translate(DEVICE, address, request, pasid, out);
        String outcome = out.toString();
        int records = recorded.size();
        assertThat(unit.translate(DEVICE, address, request, pasid, out)).isEqualTo(first);
        assertThat(out).as("asked again").hasToString(outcome);
        recorded.subList(records, recorded.size()).clear();
        return first;
    }

    void reads(long address, long expected) {
        assertThat(translate(address, Request.READ)).as(out::toString).isTrue();
        assertThat(out.address()).isEqualTo(expected);
    }

    void writes(long address, long expected) {
        assertThat(translate(address, Request.WRITE)).as(out::toString).isTrue();
        assertThat(out.address()).isEqualTo(expected);
    }

    /** The request is blocked and recorded for this reason. */
    void faults(long address, int request, FaultReason reason) {
        recorded.clear();
        assertThat(translate(address, request)).isFalse();
        assertThat(out.reason()).contains(reason);
        assertThat(out.recorded()).isTrue();
        assertThat(recorded).containsExactly(new Recorded(reason.code(), DEVICE, address & -0x1000L, request & Request.RECORDED, 0));
    }

    /** The request with a PASID is blocked and recorded for this reason. */
    void faults(long address, int request, int pasid, FaultReason reason) {
        recorded.clear();
        assertThat(translate(address, request, pasid)).isFalse();
        assertThat(out.reason()).contains(reason);
        assertThat(recorded).containsExactly(new Recorded(reason.code(), DEVICE, address & -0x1000L, (request | Request.PASID) & Request.RECORDED, pasid));
    }

    /** The request is blocked for this reason, and FPD keeps it from being recorded. */
    void faultsSilently(long address, int request, FaultReason reason) {
        recorded.clear();
        assertThat(translate(address, request)).isFalse();
        assertThat(out.reason()).contains(reason);
        assertThat(out.recorded()).isFalse();
        assertThat(recorded).isEmpty();
    }
}
