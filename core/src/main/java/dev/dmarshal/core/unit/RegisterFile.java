package dev.dmarshal.core.unit;

import dev.dmarshal.core.unit.MessageSink.Origin;
import dev.dmarshal.core.vtd.CommandFields.Pmen;
import dev.dmarshal.core.vtd.CommandFields.Gsts;
import dev.dmarshal.core.vtd.QueueFields.Ics;
import dev.dmarshal.core.vtd.Register;
import dev.dmarshal.core.vtd.RegisterLayout;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.Optional;

/**
 * The register window of a remapping unit, with all that writes to it set off: commands, queues, events.
 *
 * <p>Accesses have 32 or 64 bits and are aligned; any other reads 0 and writes nothing. A 64-bit register may be accessed in halves; a 64-bit access to
 * two 32-bit registers is two accesses, the lower first, with no other access between them. What a register's bits do is in {@link RegisterLayout}.
 * Reserved bits and absent registers read 0 and ignore writes. Every command is complete when the write that gave it returns.
 *
 * <p>Safe for concurrent callers: one lock serialises all accesses and fault recording; {@link #state} takes no lock. Source: VT-d architecture
 * specification, chapter "Register Descriptions".
 */
final class RegisterFile {

    private static final long ALL32 = 0xffff_ffffL;

    private final RegisterBank bank;
    private final LatchedState latched;
    private final EventInterrupt faultEvent;
    private final EventInterrupt waitEvent;
    private final EventInterrupt pageEvent;
    private final FaultRecorder faults;
    private final InterruptRemapper interrupts;
    private final DescriptorActions actions;
    private final InvalidationQueue queue;
    private final RegisterCommands commands;
    private final PageRequests pageRequests;

    /**
     * A unit after reset.
     *
     * @param layout         its registers
     * @param peers          what they act on
     * @param compressFaults whether a fault is dropped while one of the same source-id is pending; hardware may do so
     */
    RegisterFile(RegisterLayout layout, Peers peers, boolean compressFaults) {
        bank = new RegisterBank(layout);
        latched = new LatchedState(bank, peers.inForce());
        faultEvent = new EventInterrupt(bank, peers.messages(), Origin.FAULT_EVENT, RegisterName.FECTL);
        waitEvent = new EventInterrupt(bank, peers.messages(), Origin.INVALIDATION_EVENT, RegisterName.IECTL);
        pageEvent = new EventInterrupt(bank, peers.messages(), Origin.PAGE_REQUEST_EVENT, RegisterName.PECTL);
        faults = new FaultRecorder(bank, peers.memory(), faultEvent, compressFaults);
        interrupts = new InterruptRemapper(layout, latched, faults, peers);
        actions = new DescriptorActions(bank, peers, interrupts.cache(), waitEvent);
        queue = new InvalidationQueue(bank, peers.memory(), faults, latched, actions);
        commands = new RegisterCommands(bank, latched, faults, queue, actions);
        pageRequests = new PageRequests(bank, peers, pageEvent);
    }

    /** Where the registers are and what their bits do. */
    public RegisterLayout layout() {
        return bank.layout;
    }

    /** What is in force for translation, as the last complete command left it. */
    UnitState state() {
        return latched.state();
    }

    /** Where faults of translation go. */
    FaultSink faults() {
        return faults;
    }

    /** Interrupt remapping by this unit's table. */
    public InterruptRemapper interrupts() {
        return interrupts;
    }

    /** The unit's page request queue. */
    public PageRequests pageRequests() {
        return pageRequests;
    }

    /** How often software did something that the specification forbids or leaves undefined. */
    public long errors(ProgrammingError error) {
        bank.lock().lock();
        try {
            return bank.errors(error);
        } finally {
            bank.lock().unlock();
        }
    }

    /** The 32 bits at {@code offset}. */
    public int read32(int offset) {
        return (int) read(offset, 4);
    }

    /** The 64 bits at {@code offset}. */
    public long read64(int offset) {
        return read(offset, 8);
    }

    /** An access of {@code sizeBytes}; 0 unless that is 4 or 8, and aligned, and inside the window. */
    public long read(int offset, int sizeBytes) {
        bank.lock().lock();
        try {
            return refused(offset, sizeBytes) ? 0 : readHalf(offset) | (sizeBytes == 8 ? readHalf(offset + 4) << 32 : 0);
        } finally {
            bank.lock().unlock();
        }
    }

    /** Writes 32 bits. */
    public void write32(int offset, int value) {
        write(offset, 4, Integer.toUnsignedLong(value));
    }

    /** Writes 64 bits. */
    public void write64(int offset, long value) {
        write(offset, 8, value);
    }

    /** An access of {@code sizeBytes}; nothing happens unless that is 4 or 8, and aligned, and inside the window. */
    public void write(int offset, int sizeBytes, long value) {
        bank.lock().lock();
        try {
            if (refused(offset, sizeBytes)) {
                return;
            }
            Optional<Register> register = bank.layout.at(offset);
            if (sizeBytes == 8 && register.isPresent() && register.get().sizeBytes() == 8) {
                store(register.get(), value, -1);
            } else {
                writeHalf(offset, value & ALL32);
                if (sizeBytes == 8) {
                    writeHalf(offset + 4, value >>> 32);
                }
            }
        } finally {
            bank.lock().unlock();
        }
    }

    /** The whole state of the registers. */
    public RegisterSnapshot snapshot() {
        bank.lock().lock();
        try {
            return new RegisterSnapshot(bank.words(), interrupts.cache().copy(), latched.latches(), faults.position(), queue.ring());
        } finally {
            bank.lock().unlock();
        }
    }

    /**
     * Takes over the state of a unit with the same capabilities; sends nothing. No other thread may remap interrupts meanwhile.
     *
     * @throws IllegalArgumentException if the capabilities differ
     */
    public void restore(RegisterSnapshot snapshot) {
        bank.lock().lock();
        try {
            if (snapshot.words.length != bank.layout.windowBytes() / 8 || snapshot.words[1] != bank.layout.cap() || snapshot.words[2] != bank.layout.ecap()) {
                throw new IllegalArgumentException("the snapshot is of a unit with other capabilities");
            }
            bank.restore(snapshot.words);
            interrupts.cache().restore(snapshot.interruptEntries);
            faults.restore(snapshot.position);
            queue.restore(snapshot.ring);
            latched.restore(snapshot.latches);
        } finally {
            bank.lock().unlock();
        }
    }

    /** Back to the state after reset, with all caches empty. */
    public void reset() {
        bank.lock().lock();
        try {
            bank.reset();
            faults.restore(FaultRecorder.Position.START);
            queue.restore(InvalidationQueue.Ring.NONE);
            latched.restore(LatchedState.Latches.RESET);
            actions.everything();
            actions.allInterrupts();
        } finally {
            bank.lock().unlock();
        }
    }

    private boolean refused(int offset, int sizeBytes) {
        boolean bad = sizeBytes != 4 && sizeBytes != 8 || offset < 0 || offset % sizeBytes != 0 || offset > bank.layout.windowBytes() - sizeBytes;
        if (bad) {
            bank.count(ProgrammingError.BAD_ACCESS);
        }
        return bad;
    }

    private long readHalf(int offset) {
        // A register can be read as a whole or not at all.
        return bank.layout.at(offset).map(register -> bank.load(offset, 32) & register.readable()).orElse(0L);
    }

    private void writeHalf(int offset, long value) {
        Optional<Register> register = bank.layout.at(offset);
        if (register.isPresent()) {
            int shift = (offset - register.get().offset()) * 8;
            store(register.get(), value << shift, ALL32 << shift);
        }
    }

    /** Stores {@code value} under the bits {@code lanes} that the access covers, then does what the register is for. */
    private void store(Register register, long value, long lanes) {
        RegisterName name = register.name();
        if (guarded(name)) {
            bank.count(ProgrammingError.PROTECTED_REGION_WHILE_ENABLED);
            return;
        }
        long old = bank.load(register.offset(), name.bits());
        long mask = register.writable() & lanes;
        long next = (old & ~mask | value & mask) & ~(value & register.writeOneClears() & lanes);
        bank.store(register.offset(), name.bits(), next);
        act(name, value, lanes);
    }

    private boolean guarded(RegisterName name) {
        return switch (name) {
            case PLMBASE, PLMLIMIT, PHMBASE, PHMLIMIT -> bank.isSet(RegisterName.PMEN, Pmen.PRS);
            default -> false;
        };
    }

    private void act(RegisterName name, long value, long lanes) {
        boolean upper = lanes >>> 32 != 0;
        switch (name) {
            case GCMD -> commands.global(value);
            case CCMD -> ifUpper(upper, commands::contextCommand);
            case IOTLB -> ifUpper(upper, commands::translationCommand);
            case PMEN -> commands.protectedMemory();
            case FSTS -> {
                faults.statusWritten();
                queue.statusCleared();
            }
            case FRCD_HIGH -> faults.statusWritten();
            case FECTL -> faultEvent.controlWritten();
            case IECTL -> waitEvent.controlWritten();
            case PECTL -> pageEvent.controlWritten();
            case IQT -> queue.run();
            case IQA -> noteQueueAddress();
            case ICS -> {
                if (!bank.isSet(RegisterName.ICS, Ics.IWC)) {
                    waitEvent.serviced();
                }
            }
            case PRS -> pageRequests.statusWritten();
            default -> {
                // Only stored.
            }
        }
    }

    private static void ifUpper(boolean upper, Runnable command) {
        if (upper) {
            command.run();
        }
    }

    private void noteQueueAddress() {
        if (bank.isSet(RegisterName.GSTS, Gsts.QIES)) {
            bank.count(ProgrammingError.QUEUE_ADDRESS_WHILE_ENABLED);
        }
    }
}
