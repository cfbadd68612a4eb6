package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Variant;

/**
 * Software's invalidations: through the registers while the queue is off, through the queue once it is on, in descriptors of 128 bits in legacy mode,
 * of 256 in scalable mode
 * (VT-d specification chapter 6.5). Keeps {@link Staleness} up to date.
 */
final class Invalidator {

    private static final int QUEUE_BYTES = 4096;
    private static final int GLOBAL = 1;
    private static final int DOMAIN = 2;
    private static final int NARROW = 3;

    private final Draft draft;
    private final Variant variant;
    private final Staleness staleness;
    private final boolean wide;
    private long queue;
    private int tail;

    Invalidator(Draft draft, Variant variant, Staleness staleness) {
        this.draft = draft;
        this.variant = variant;
        this.staleness = staleness;
        this.wide = variant.scalable();
    }

    /** Programs the queue's registers; the caller sets GCMD.QIE. */
    void openQueue() {
        queue = draft.page();
        draft.write64(Registers.IQA, queue | (wide ? 1 << 11 : 0));
        draft.write64(Registers.IQT, 0);
    }

    private boolean queued() {
        return queue != 0;
    }

    /** Everything: context, PASID and translation caches. */
    void everything() {
        contexts();
        pasids();
        translations();
    }

    /** All context entries. */
    void contexts() {
        context(GLOBAL, 0, 0, 0);
        staleness.contextsInvalidated();
    }

    /** The context entries of a domain. */
    void contextsOf(int domain) {
        context(DOMAIN, domain, 0, 0);
        staleness.contextsInvalidated(domain);
    }

    /** A function's context entry. */
    void contextOf(int domain, int sourceId) {
        int functionMask = draft.oneIn(3) ? draft.below(4) : 0;
        context(NARROW, domain, sourceId, functionMask);
        staleness.contextInvalidated(domain, sourceId);
    }

    /** All PASID entries; nothing in legacy mode or without a queue. */
    void pasids() {
        if (queued() && variant.scalable()) {
            submit(7 | 3 << 4, 0);
            staleness.pasidsInvalidated();
        }
    }

    /** A domain's PASID entries; nothing in legacy mode or without a queue. */
    void pasidsOf(int domain) {
        if (queued() && variant.scalable()) {
            submit(7 | (long) domain << 16, 0);
            staleness.pasidsInvalidated(domain);
        }
    }

    /** All translations. */
    void translations() {
        translation(GLOBAL, 0, 0);
        staleness.translationsInvalidated();
    }

    /** A domain's translations. */
    void translationsOf(int domain) {
        translation(DOMAIN, domain, 0);
        staleness.translationsInvalidated(domain);
    }

    /** A domain's translations of {@code 2^mask} 4 KiB pages around an address. */
    void pagesOf(int domain, long iova, int mask) {
        long from = iova & -(1L << 12 + mask);
        translation(NARROW, domain, from | mask);
        staleness.pagesInvalidated(domain, from, 1L << 12 + mask);
    }

    /** The device-TLB of a function, all of it or a page; nothing without a queue. No device of the machine has one: what is compared is that it is taken. */
    void deviceTlb(int sourceId) {
        if (queued()) {
            boolean all = draft.oneIn(2);
            long address = all ? 0x7fff_ffff_ffff_f000L : (long) draft.below(1 << 20) << 12;
            submit(3 | (long) draft.below(32) << 16 | (long) sourceId << 32, address | (all ? 1 : 0));
        }
    }

    /** Interrupt entries, all of them; nothing without a queue. Tells whether it was done. */
    boolean interrupts(int index, boolean all) {
        if (!queued()) {
            return false;
        }
        submit(all ? 4 : 4 | 1 << 4 | (long) index << 32, 0);
        return true;
    }

    /** A wait that stores a word, which is then observed; nothing without a queue. */
    void waitForStatus() {
        if (queued()) {
            long status = draft.page();
            submit(5 | 1 << 5 | (draft.oneIn(2) ? 1 << 6 : 0) | (long) draft.below(1 << 30) << 32, status);
            draft.add(new Step.Load(status));
        }
    }

    /** A wait that raises the completion event, which is then observed; nothing without a queue. */
    void waitForEvent() {
        if (queued()) {
            submit(5 | 1 << 4, 0);
            draft.read(Registers.ICS, 4);
            draft.write32(Registers.ICS, 1);
        }
    }

    /** A descriptor that hardware must refuse; then the repair that drivers make: a wait in its place, the error cleared, the tail written again. */
    void wrongDescriptor() {
        if (!queued()) {
            return;
        }
        long bad = draft.pick(0L, 0xa, 0xf, 5 | 1L << 5 | 1L << 8, 1 | 1 << 4 | 1L << 6, 2 | 1 << 4 | 1L << 8, 1, 2);
        long slot = queue + (long) tail * size();
        submit(bad, 0);
        draft.read(Registers.FSTS, 4);
        draft.read(Registers.IQH, 8);
        // A status write, as Linux has it: QEMU refuses a wait that has neither that nor an interrupt.
        draft.store(slot, 5 | 1 << 5 | 1L << 32);
        draft.store(slot + 8, draft.page());
        draft.write32(Registers.FSTS, 1 << 4);
        draft.write64(Registers.IQT, (long) tail * size());
        draft.read(Registers.FSTS, 4);
        draft.read(Registers.IQH, 8);
    }

    private void context(int granularity, int domain, int sourceId, int functionMask) {
        if (queued()) {
            submit(1 | granularity << 4 | (long) domain << 16 | (long) sourceId << 32 | (long) functionMask << 48, 0);
        } else {
            draft.write64(Registers.CCMD, 1L << 63 | (long) granularity << 61 | (long) functionMask << 32 | (long) sourceId << 16 | domain);
            draft.read(Registers.CCMD, 8);
        }
    }

    private void translation(int granularity, int domain, long addressAndMask) {
        int drains = draft.below(4);
        if (queued()) {
            submit(2 | granularity << 4 | (long) drains << 6 | (long) domain << 16, addressAndMask);
        } else {
            if (granularity == NARROW) {
                draft.write64(Registers.IVA, addressAndMask);
            }
            draft.write64(Registers.IOTLB, 1L << 63 | (long) granularity << 60 | (long) drains << 48 | (long) domain << 32);
            draft.read(Registers.IOTLB, 8);
        }
    }

    private void submit(long low, long high) {
        long slot = queue + (long) tail * size();
        draft.store(slot, low);
        draft.store(slot + 8, high);
        if (wide) {
            draft.store(slot + 16, 0);
            draft.store(slot + 24, 0);
        }
        tail = (tail + 1) % (QUEUE_BYTES / size());
        draft.write64(Registers.IQT, (long) tail * size());
        if (draft.oneIn(4)) {
            draft.read(Registers.IQH, 8);
        }
    }

    private int size() {
        return wide ? 32 : 16;
    }
}
