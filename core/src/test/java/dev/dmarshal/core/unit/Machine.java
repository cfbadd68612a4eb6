package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.RegisterName;
import dev.dmarshal.core.vtd.TableBuilder;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.ArrayList;
import java.util.List;

/** A unit over 4 GiB of memory that is reached through its registers only, as a driver reaches it; tables from 16 MiB on. */
final class Machine {
    static final int TE = 1 << 31;
    static final int SRTP = 1 << 30;
    static final int QIE = 1 << 26;
    static final int IRE = 1 << 25;
    static final int SIRTP = 1 << 24;
    static final int ONE_SHOT = SRTP | SIRTP | 1 << 29 | 1 << 27;

    final SparseMemory memory = new SparseMemory(1L << 32);
    final TableBuilder tables = new TableBuilder(memory, 0x100_0000L);
    final List<String> sent = new ArrayList<>();
    final RemappingUnit unit;
    final Translation out = new Translation();
    final RemappedInterrupt interrupt = new RemappedInterrupt();
    private long queue;
    private int waits;

    Machine(UnitCapabilities capabilities) {
        unit = RemappingUnit.builder(capabilities, memory)
                .messages((origin, address, value) -> sent.add("%s %x %x".formatted(origin, address, value))).build();
    }

    /** What a server's unit of the Linux hand-over's time had: queued invalidation, interrupt remapping, pass-through. */
    static UnitCapabilities linux() {
        return Rig.legacyCapabilities().with(Capability.FAULT_RECORDS, 7)
                .withExtended(ExtendedCapability.INTERRUPT_REMAPPING, ExtendedCapability.EXTENDED_INTERRUPT_MODE).build();
    }

    /** GCMD as software writes it: the state of the enables, and one bit changed. */
    void command(int bit, boolean on) {
        int state = (int) unit.read(RegisterName.GSTS) & ~ONE_SHOT;
        unit.write(RegisterName.GCMD, on ? state | bit : state & ~bit);
        assertThat((unit.read(RegisterName.GSTS) & bit) != 0).isEqualTo(on);
    }

    /** A new invalidation queue. */
    void queue() {
        if ((unit.read(RegisterName.GSTS) & QIE) != 0) {
            assertThat(unit.read(RegisterName.IQH)).isEqualTo(unit.read(RegisterName.IQT));
            command(QIE, false);
        }
        queue = tables.page();
        unit.write(RegisterName.IQT, 0);
        unit.write(RegisterName.IQA, queue);
        command(QIE, true);
    }

    /** Submits a descriptor and a wait, and waits. */
    void invalidate(InvalidationDescriptor descriptor) {
        long status = queue + 0xFF8;
        long tail = put(put(unit.read(RegisterName.IQT), descriptor), InvalidationDescriptor.await(status, ++waits));
        unit.write(RegisterName.IQT, tail);
        assertThat(memory.read32(status)).isEqualTo(waits);
        assertThat(unit.read(RegisterName.FSTS) & 0x70).as("queue errors").isZero();
    }

    private long put(long tail, InvalidationDescriptor descriptor) {
        memory.write64(queue + tail, descriptor.word0());
        memory.write64(queue + tail + 8, descriptor.word1());
        // The last slot of the page holds the wait status.
        return tail + 16 == 0xFF0 ? 0 : tail + 16;
    }

    /** Latches a legacy root table. */
    void root(long root) {
        unit.write(RegisterName.RTADDR, root);
        command(SRTP, true);
    }

    /** Latches a table of 4,096 interrupt entries, 16 pages, and turns remapping on. */
    void interrupts(long table) {
        unit.write(RegisterName.IRTA, table | 0xB);
        command(SIRTP, true);
        command(IRE, true);
    }

    /** A device's access, by its caches and tables: its physical address, or the code of the fault made negative. */
    long access(int sourceId, long address, int request) {
        return unit.translate(sourceId, address, request, 0, out) ? out.address() : -out.reasonCode();
    }

    /** A device's message: the word that a processor gets, or the code of the fault made negative. */
    int message(int sourceId, long address, int value) {
        assertThat(unit.translate(sourceId, address, Request.WRITE, 0, out)).isTrue();
        assertThat(out.outcome()).isEqualTo(Translation.Outcome.INTERRUPT);
        unit.deliver(sourceId, address, 4, value, interrupt);
        return interrupt.hasMessage() ? interrupt.value() : -interrupt.faultCode();
    }

    /** The upper word of fault record {@code index}. */
    long faultHigh(int index) {
        return unit.read64(unit.layout().faultRecordOffset() + 16 * index + 8);
    }

    /** The lower word of fault record {@code index}. */
    long faultLow(int index) {
        return unit.read64(unit.layout().faultRecordOffset() + 16 * index);
    }

    /** Clears fault record {@code index}. */
    void clearFault(int index) {
        unit.write32(unit.layout().faultRecordOffset() + 16 * index + 12, 1 << 31);
    }

    void noErrors() {
        for (ProgrammingError error : ProgrammingError.values()) {
            assertThat(unit.errors(error)).as("%s", error).isZero();
        }
    }
}
