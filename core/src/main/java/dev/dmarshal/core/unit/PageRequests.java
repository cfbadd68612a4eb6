package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.PageGroupResponse;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.QueueFields.Pqa;
import dev.dmarshal.core.vtd.QueueFields.Prs;
import dev.dmarshal.core.vtd.RegisterName;

/**
 * The page request queue: takes devices' page requests (PRI) that passed the checks of the translation tables, and hands them to software.
 *
 * <p>The queue is full when one more request would make tail meet head. Then the overflow bit (PRO) is set, and until software clears it every request
 * is dropped; the last one of a group is answered with success, so that the device asks for translation again and, if need be, for the page once more.
 * Source: VT-d architecture specification, sections "Page Request Queue", "Page Request Event". Safe for concurrent callers.
 */
final class PageRequests {

    private final RegisterBank bank;
    private final PhysicalMemory memory;
    private final DeviceTlb devices;
    private final EventInterrupt event;

    PageRequests(RegisterBank bank, Peers peers, EventInterrupt event) {
        this.bank = bank;
        this.memory = peers.memory();
        this.devices = peers.devices();
        this.event = event;
    }

    /** Puts a request into the queue, if there is room. */
    PageRequestOutcome submit(PageRequestDescriptor request) {
        bank.lock().lock();
        try {
            return ExtendedCapability.PAGE_REQUESTS.isSet(bank.layout.ecap()) ? enqueue(request) : refuse(request);
        } finally {
            bank.lock().unlock();
        }
    }

    /** Answers a request that the tables do not allow. */
    PageRequestOutcome refused(PageRequestDescriptor request) {
        bank.lock().lock();
        try {
            return refuse(request);
        } finally {
            bank.lock().unlock();
        }
    }

    private PageRequestOutcome enqueue(PageRequestDescriptor request) {
        long register = bank.get(RegisterName.PQA);
        long size = 4096L << Pqa.PQS.get(register);
        long tail = bank.get(RegisterName.PQT) & size - 1;
        long next = tail + PageRequestDescriptor.SIZE_BYTES & size - 1;
        if (bank.isSet(RegisterName.PRS, Prs.PRO)) {
            return overflow(request);
        }
        if (next == (bank.get(RegisterName.PQH) & size - 1)) {
            raise(Prs.PRO.mask());
            return overflow(request);
        }
        long at = (register & Pqa.PQA.mask()) + tail;
        if (!memory.contains(at, PageRequestDescriptor.SIZE_BYTES)) {
            return refuse(request);
        }
        memory.write64(at, request.word0());
        memory.write64(at + 8, request.word1());
        memory.write64(at + 16, 0);
        memory.write64(at + 24, 0);
        bank.set(RegisterName.PQT, next);
        raise(Prs.PPR.mask());
        return PageRequestOutcome.QUEUED;
    }

    private PageRequestOutcome overflow(PageRequestDescriptor request) {
        return answer(request, PageGroupResponse.SUCCESS) ? PageRequestOutcome.DROPPED_AND_ANSWERED : PageRequestOutcome.DROPPED;
    }

    private PageRequestOutcome refuse(PageRequestDescriptor request) {
        answer(request, PageGroupResponse.FAILURE);
        return PageRequestOutcome.REFUSED;
    }

    private boolean answer(PageRequestDescriptor request, int code) {
        if (request.last()) {
            devices.respond(new PageGroupResponse(request.requester(), request.pasid(), request.group(), true, code));
        }
        return request.last();
    }

    /** An event is due only if no status bit was set before. */
    private void raise(long statusBit) {
        long status = bank.get(RegisterName.PRS);
        bank.set(RegisterName.PRS, status | statusBit);
        if (status == 0) {
            event.raise();
        }
    }

    /** After a write to PRS; needs the register lock. */
    void statusWritten() {
        if (bank.get(RegisterName.PRS) == 0) {
            event.serviced();
        }
    }
}
