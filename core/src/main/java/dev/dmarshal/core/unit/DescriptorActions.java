package dev.dmarshal.core.unit;

import dev.dmarshal.core.unit.UnitState.TableMode;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.DescriptorFields.ContextCache;
import dev.dmarshal.core.vtd.DescriptorFields.DeviceTlb;
import dev.dmarshal.core.vtd.DescriptorFields.InterruptEntry;
import dev.dmarshal.core.vtd.DescriptorFields.Iotlb;
import dev.dmarshal.core.vtd.DescriptorFields.PasidCache;
import dev.dmarshal.core.vtd.DescriptorFields.PasidDeviceTlb;
import dev.dmarshal.core.vtd.DescriptorFields.PasidIotlb;
import dev.dmarshal.core.vtd.DescriptorFields.Wait;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.InvalidationDescriptor.Type;
import dev.dmarshal.core.vtd.PageGroupResponse;
import dev.dmarshal.core.vtd.QueueFields.Ics;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.OptionalInt;

/** What invalidations do to the caches, whether a descriptor or a register asks for them. Needs the register lock. */
final class DescriptorActions {

    /** Granularity codes of context-cache and IOTLB requests, in descriptors as in CCMD and IOTLB. */
    static final int GLOBAL = 1;
    static final int DOMAIN = 2;
    static final int SELECTIVE = 3;

    private final RegisterBank bank;
    private final Peers peers;
    private final InterruptEntryCache interrupts;
    private final EventInterrupt event;

    DescriptorActions(RegisterBank bank, Peers peers, InterruptEntryCache interrupts, EventInterrupt event) {
        this.bank = bank;
        this.peers = peers;
        this.interrupts = interrupts;
        this.event = event;
    }

    /** Whether the granularity field of a descriptor holds a reserved value. */
    static boolean reservedGranularity(InvalidationDescriptor descriptor) {
        long word = descriptor.word0();
        return switch (descriptor.type().orElseThrow()) {
            case CONTEXT_CACHE -> ContextCache.G.get(word) == 0;
            case IOTLB -> Iotlb.G.get(word) == 0;
            case PASID_IOTLB -> PasidIotlb.G.get(word) < 2;
            case PASID_CACHE -> PasidCache.G.get(word) == 2;
            default -> false;
        };
    }

    /** Does what a descriptor asks that is neither a wait nor for a device's TLB. */
    void invalidate(InvalidationDescriptor d, TableMode mode) {
        long low = d.word0();
        long high = d.word1();
        switch (d.type().orElseThrow()) {
            case CONTEXT_CACHE -> {
                int asked = (int) ContextCache.G.get(low);
                contexts(asked, mode, (int) ContextCache.DID.get(low), (int) ContextCache.SID.get(low), (int) ContextCache.FM.get(low));
            }
            case IOTLB -> translations((int) Iotlb.G.get(low), (int) Iotlb.DID.get(low), high);
            case INTERRUPT_ENTRY -> interruptEntries(low);
            case PASID_IOTLB -> pasidTranslations(low, high);
            case PASID_CACHE -> pasids(low);
            case PAGE_GROUP_RESPONSE -> peers.devices().respond(PageGroupResponse.of(d));
            default -> throw new IllegalArgumentException("not an invalidation of this unit: " + d);
        }
    }

    /** Context-cache invalidation; in scalable mode context entries have no domain-id, so a domain stands for all and devices have domain 0. */
    void contexts(int granularity, TableMode mode, int domain, int sourceId, int functionMask) {
        boolean scalable = mode == TableMode.SCALABLE;
        if (granularity == GLOBAL || granularity == DOMAIN && scalable) {
            peers.caches().invalidateContexts();
        } else if (granularity == DOMAIN) {
            peers.caches().invalidateContextsOfDomain(domain);
        } else {
            peers.caches().invalidateContextsOfDevice(scalable ? 0 : domain, sourceId, functionMask);
        }
    }

    /**
     * IOTLB invalidation; {@code pages} is IVA, or the upper word of a descriptor, which has the same fields. Pages become their whole domain where the
     * unit cannot do pages (PSI is 0, or the mask is beyond MAMV). Gives the granularity that was done.
     */
    int translations(int granularity, int domain, long pages) {
        if (granularity == GLOBAL) {
            peers.caches().invalidateTranslations();
            return GLOBAL;
        }
        int mask = (int) Iotlb.AM.get(pages);
        long cap = bank.layout.cap();
        if (granularity == DOMAIN || !Capability.PAGE_SELECTIVE.isSet(cap) || mask > Capability.MAXIMUM_ADDRESS_MASK.get(cap)) {
            peers.caches().invalidateTranslationsOfDomain(domain);
            return DOMAIN;
        }
        peers.caches().invalidatePages(domain, firstPage(pages, mask), mask, Iotlb.IH.isSet(pages));
        return SELECTIVE;
    }

    private static long firstPage(long pages, int mask) {
        return mask > 51 ? 0 : pages & -4096L << mask;
    }

    private void interruptEntries(long low) {
        int mask = (int) InterruptEntry.IM.get(low);
        if (!InterruptEntry.G.isSet(low) || mask > ExtendedCapability.MAXIMUM_HANDLE_MASK.get(bank.layout.ecap())) {
            allInterrupts();
        } else {
            int index = (int) InterruptEntry.IIDX.get(low);
            interrupts.invalidate(index, mask);
            peers.caches().invalidateInterrupts(index & -1 << mask, mask);
        }
    }

    void allInterrupts() {
        interrupts.invalidate();
        peers.caches().invalidateInterrupts();
    }

    private void pasidTranslations(long low, long high) {
        int domain = (int) PasidIotlb.DID.get(low);
        int pasid = (int) PasidIotlb.PASID.get(low);
        int mask = (int) PasidIotlb.AM.get(high);
        if (PasidIotlb.G.get(low) == DOMAIN || mask > Capability.MAXIMUM_ADDRESS_MASK.get(bank.layout.cap())) {
            peers.caches().invalidateTranslationsOfPasid(domain, pasid);
        } else {
            peers.caches().invalidatePagesOfPasid(domain, pasid, firstPage(high, mask), mask);
        }
    }

    private void pasids(long low) {
        int domain = (int) PasidCache.DID.get(low);
        switch ((int) PasidCache.G.get(low)) {
            case 0 -> peers.caches().invalidatePasidsOfDomain(domain);
            case 1 -> peers.caches().invalidatePasid(domain, (int) PasidCache.PASID.get(low));
            default -> peers.caches().invalidatePasids();
        }
    }

    /** What SRTP does on units with ESRTPS. */
    void everything() {
        peers.caches().invalidateContexts();
        peers.caches().invalidatePasids();
        peers.caches().invalidateTranslations();
    }

    static DeviceTlbInvalidation request(InvalidationDescriptor d) {
        long low = d.word0();
        long high = d.word1();
        if (d.type().orElseThrow() == Type.DEVICE_TLB) {
            return DeviceTlbInvalidation.of((int) DeviceTlb.SID.get(low), OptionalInt.empty(), false, DeviceTlb.ADDR.get(high) << 12,
                    DeviceTlb.S.isSet(high));
        }
        boolean all = PasidDeviceTlb.G.isSet(high);
        OptionalInt pasid = all ? OptionalInt.empty() : OptionalInt.of((int) PasidDeviceTlb.PASID.get(low));
        return DeviceTlbInvalidation.of((int) PasidDeviceTlb.SID.get(low), pasid, all, PasidDeviceTlb.ADDR.get(high) << 12,
                PasidDeviceTlb.S.isSet(high));
    }

    DeviceTlbAnswer invalidateDevice(DeviceTlbInvalidation request) {
        return peers.devices().invalidate(request);
    }

    /** A wait descriptor: the status is written before the event is sent. A status address that is not memory is dropped. */
    void complete(InvalidationDescriptor wait) {
        long low = wait.word0();
        if (Wait.SW.isSet(low)) {
            long address = Wait.ADDR.get(wait.word1()) << 2;
            if (peers.memory().contains(address, 4)) {
                peers.memory().write32(address, (int) Wait.STATUS.get(low));
            }
        }
        if (Wait.IF.isSet(low) && !bank.isSet(RegisterName.ICS, Ics.IWC)) {
            bank.put(RegisterName.ICS, Ics.IWC, 1);
            event.raise();
        }
    }
}
