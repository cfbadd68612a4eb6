package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.unit.UnitState.TableMode;
import dev.dmarshal.core.vtd.DescriptorFields.Wait;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.CommandFields.Gsts;
import dev.dmarshal.core.vtd.FaultFields.Fsts;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.InvalidationDescriptor.Type;
import dev.dmarshal.core.vtd.QueueFields.Iqa;
import dev.dmarshal.core.vtd.QueueFields.Iqercd;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.OptionalInt;

/**
 * The invalidation queue: fetches descriptors from head to tail and does what they ask, at once, in order.
 *
 * <p>It stops at an error (IQE: the head stays at the bad descriptor, IQERCD tells why) or at a device-TLB time-out (ITE: the wait descriptor that met
 * it is aborted, the head is behind it) and goes on when software has cleared the status bit. A time-out is noticed by the next wait descriptor or when
 * the queue runs empty, whichever comes first. As everything before a wait descriptor is done when it is reached, fence and drain flags add nothing.
 * Source: VT-d architecture specification, section "Queued Invalidation Interface". Needs the register lock.
 */
final class InvalidationQueue {

    /** IQERCD.IQEI: tail beyond the queue. */
    static final int BAD_TAIL = 1;
    /** IQERCD.IQEI: a descriptor cannot be read. */
    static final int FETCH_ERROR = 2;
    /** IQERCD.IQEI: unknown type, or a type that the unit or its mode does not have. */
    static final int BAD_TYPE = 3;
    /** IQERCD.IQEI: reserved field or reserved encoding. */
    static final int RESERVED_FIELD = 4;
    /** IQERCD.IQEI: 128-bit descriptors in scalable mode. */
    static final int BAD_WIDTH = 5;
    /** IQERCD.IQEI: tail not at a 256-bit descriptor. */
    static final int MISALIGNED_TAIL = 6;
    /** IQERCD.IQEI: translation table mode is invalid. */
    static final int BAD_MODE = 7;
    private static final int DONE = 0;

    /**
     * The queue as latched when it was enabled, and a time-out not noticed yet.
     *
     * @param base      address
     * @param sizeBytes bytes: 4 KiB to 512 KiB
     * @param wide      256-bit descriptors
     * @param timedOut  source-id of the first device that did not answer
     */
    record Ring(long base, int sizeBytes, boolean wide, OptionalInt timedOut) {
        static final Ring NONE = new Ring(0, 4096, false, OptionalInt.empty());

        Ring waitingFor(OptionalInt sourceId) {
            return new Ring(base, sizeBytes, wide, sourceId);
        }
    }

    private final RegisterBank bank;
    private final PhysicalMemory memory;
    private final FaultRecorder faults;
    private final LatchedState latched;
    private final DescriptorActions actions;
    private Ring ring = Ring.NONE;
    private boolean busy;

    InvalidationQueue(RegisterBank bank, PhysicalMemory memory, FaultRecorder faults, LatchedState latched, DescriptorActions actions) {
        this.bank = bank;
        this.memory = memory;
        this.faults = faults;
        this.latched = latched;
        this.actions = actions;
    }

    /** QIE goes from 0 to 1: takes over IQA, starts at head 0 (where reset and {@link #disable} left it), and does what a tail set before asks for. */
    void enable() {
        long address = bank.get(RegisterName.IQA);
        ring = new Ring(address & Iqa.IQA.mask(), 4096 << Iqa.QS.get(address), Iqa.DW.isSet(address), OptionalInt.empty());
        run();
    }

    /** QIE goes from 1 to 0: the head returns to 0, what was left in the queue is not done. */
    void disable() {
        if (bank.get(RegisterName.IQH) != bank.get(RegisterName.IQT)) {
            bank.count(ProgrammingError.QUEUE_DISABLED_NOT_EMPTY);
        }
        bank.set(RegisterName.IQH, 0);
        ring = Ring.NONE;
    }

    /** Software cleared bits of FSTS: an error record goes with its bit, and the queue goes on. */
    void statusCleared() {
        if (bank.has(RegisterName.IQERCD)) {
            long status = bank.get(RegisterName.FSTS);
            long record = bank.get(RegisterName.IQERCD);
            record = Fsts.IQE.isSet(status) ? record : Iqercd.IQEI.set(record, 0);
            record = Fsts.ITE.isSet(status) ? record : Iqercd.ITESID.set(record, 0);
            bank.set(RegisterName.IQERCD, Fsts.ICE.isSet(status) ? record : Iqercd.ICESID.set(record, 0));
            run();
        }
    }

    /** Works until the queue is empty, off, or stopped. A call from inside (a message sink that moves the tail) is taken up by the one that runs. */
    void run() {
        if (busy) {
            return;
        }
        busy = true;
        try {
            while (running() && bank.get(RegisterName.IQH) != bank.get(RegisterName.IQT)) {
                int error = step();
                if (error != DONE) {
                    fail(Fsts.IQE.mask(), Iqercd.IQEI.set(bank.get(RegisterName.IQERCD), error));
                }
            }
            if (running()) {
                noticeTimeOut();
            }
        } finally {
            busy = false;
        }
    }

    private boolean running() {
        return bank.isSet(RegisterName.GSTS, Gsts.QIES) && (bank.get(RegisterName.FSTS) & (Fsts.IQE.mask() | Fsts.ITE.mask())) == 0;
    }

    /** Takes one descriptor; gives the IQEI code, 0 for none. */
    private int step() {
        long tail = bank.get(RegisterName.IQT);
        long head = bank.get(RegisterName.IQH);
        int size = ring.wide ? 32 : 16;
        int error = precondition(tail);
        if (error != DONE) {
            return error;
        }
        long at = ring.base + head;
        if (!memory.contains(at, size)) {
            return FETCH_ERROR;
        }
        InvalidationDescriptor descriptor = new InvalidationDescriptor(memory.read64(at), memory.read64(at + 8),
                ring.wide ? memory.read64(at + 16) : 0, ring.wide ? memory.read64(at + 24) : 0);
        error = check(descriptor);
        if (error == DONE) {
            long next = head + size;
            bank.set(RegisterName.IQH, next >= ring.sizeBytes ? 0 : next);
            act(descriptor);
        }
        return error;
    }

    private int precondition(long tail) {
        if (tail >= ring.sizeBytes) {
            return BAD_TAIL;
        }
        if (ring.wide && (tail & 16) != 0) {
            return MISALIGNED_TAIL;
        }
        TableMode mode = latched.state().mode();
        boolean scalable = ExtendedCapability.SCALABLE_MODE.isSet(bank.layout.ecap());
        boolean abort = ExtendedCapability.ABORT_MODE.isSet(bank.layout.ecap());
        if (mode == TableMode.RESERVED || mode == TableMode.SCALABLE && !scalable || mode == TableMode.ABORT && !abort) {
            return BAD_MODE;
        }
        return mode == TableMode.SCALABLE && !ring.wide ? BAD_WIDTH : DONE;
    }

    private int check(InvalidationDescriptor descriptor) {
        int code = InvalidationDescriptor.typeCode(descriptor.word0());
        if (code < 1 || code > Type.values().length || !supported(Type.of(code).orElseThrow())) {
            return BAD_TYPE;
        }
        boolean bad = descriptor.reservedSet() || DescriptorActions.reservedGranularity(descriptor) || drainsWithout(descriptor);
        return bad ? RESERVED_FIELD : DONE;
    }

    /** A wait descriptor's PD is reserved on units that cannot drain page requests. */
    private boolean drainsWithout(InvalidationDescriptor descriptor) {
        boolean asked = InvalidationDescriptor.typeCode(descriptor.word0()) == Type.WAIT.code() && Wait.PD.isSet(descriptor.word0());
        return asked && !ExtendedCapability.PAGE_REQUEST_DRAIN.isSet(bank.layout.ecap());
    }

    private boolean supported(Type type) {
        long ecap = bank.layout.ecap();
        boolean scalable = latched.state().mode() == TableMode.SCALABLE;
        return switch (type) {
            case CONTEXT_CACHE, IOTLB, WAIT -> true;
            case DEVICE_TLB -> ExtendedCapability.DEVICE_TLB.isSet(ecap);
            case INTERRUPT_ENTRY -> ExtendedCapability.INTERRUPT_REMAPPING.isSet(ecap);
            case PASID_IOTLB, PASID_CACHE -> scalable;
            case PASID_DEVICE_TLB -> scalable && ExtendedCapability.DEVICE_TLB.isSet(ecap);
            case PAGE_GROUP_RESPONSE -> scalable && ExtendedCapability.PAGE_REQUESTS.isSet(ecap);
        };
    }

    private void act(InvalidationDescriptor descriptor) {
        switch (descriptor.type().orElseThrow()) {
            case WAIT -> {
                if (ring.timedOut.isPresent()) {
                    noticeTimeOut();
                } else {
                    actions.complete(descriptor);
                }
            }
            case DEVICE_TLB, PASID_DEVICE_TLB -> {
                DeviceTlbInvalidation request = DescriptorActions.request(descriptor);
                DeviceTlbAnswer answer = actions.invalidateDevice(request);
                if (answer.stray().isPresent()) {
                    fail(Fsts.ICE.mask(), Iqercd.ICESID.set(bank.get(RegisterName.IQERCD), answer.stray().getAsInt()));
                }
                if (!answer.completed() && ring.timedOut.isEmpty()) {
                    ring = ring.waitingFor(OptionalInt.of(request.sourceId()));
                }
            }
            default -> actions.invalidate(descriptor, latched.state().mode());
        }
    }

    private void noticeTimeOut() {
        if (ring.timedOut.isPresent()) {
            int sourceId = ring.timedOut.getAsInt();
            ring = ring.waitingFor(OptionalInt.empty());
            fail(Fsts.ITE.mask(), Iqercd.ITESID.set(bank.get(RegisterName.IQERCD), sourceId));
        }
    }

    private void fail(long statusBit, long record) {
        bank.set(RegisterName.IQERCD, record);
        faults.raise(statusBit);
    }

    Ring ring() {
        return ring;
    }

    void restore(Ring saved) {
        ring = saved;
    }
}
