package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.vtd.DescriptorFields.ContextCache;
import dev.dmarshal.core.vtd.DescriptorFields.DeviceTlb;
import dev.dmarshal.core.vtd.DescriptorFields.InterruptEntry;
import dev.dmarshal.core.vtd.DescriptorFields.Iotlb;
import dev.dmarshal.core.vtd.DescriptorFields.PasidCache;
import dev.dmarshal.core.vtd.DescriptorFields.PasidDeviceTlb;
import dev.dmarshal.core.vtd.DescriptorFields.PasidIotlb;
import dev.dmarshal.core.vtd.DescriptorFields.Wait;
import java.util.Optional;

/**
 * A descriptor of the invalidation queue: four 64-bit words, of which a queue of 128-bit descriptors holds the lower two.
 *
 * <p>The factories below build valid descriptors; any field can then be overwritten with {@link #with}, also by a wrong value. Field layouts are in
 * {@link DescriptorFields}. Source: VT-d architecture specification, section "Queued Invalidation Interface".
 *
 * @param word0 bits 63:0
 * @param word1 bits 127:64
 * @param word2 bits 191:128
 * @param word3 bits 255:192
 */
public record InvalidationDescriptor(long word0, long word1, long word2, long word3) {

    private static final BitField TYPE = BitField.of("TYPE", 0, 4);
    private static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);

    /** What a descriptor asks for; the type code has seven bits, 11:9 and 3:0. */
    public enum Type {
        /** 1: context-cache invalidate. */
        CONTEXT_CACHE(ContextCache.LAYOUT),
        /** 2: IOTLB invalidate. */
        IOTLB(Iotlb.LAYOUT),
        /** 3: device-TLB invalidate. */
        DEVICE_TLB(DeviceTlb.LAYOUT),
        /** 4: interrupt entry cache invalidate. */
        INTERRUPT_ENTRY(InterruptEntry.LAYOUT),
        /** 5: invalidation wait. */
        WAIT(Wait.LAYOUT),
        /** 6: PASID-based IOTLB invalidate. */
        PASID_IOTLB(PasidIotlb.LAYOUT),
        /** 7: PASID-cache invalidate. */
        PASID_CACHE(PasidCache.LAYOUT),
        /** 8: PASID-based device-TLB invalidate. */
        PASID_DEVICE_TLB(PasidDeviceTlb.LAYOUT),
        /** 9: page group response. */
        PAGE_GROUP_RESPONSE(DescriptorFields.PageGroup.LAYOUT);

        private static final Type[] ALL = values();
        private final EntryLayout fields;

        Type(EntryLayout fields) {
            this.fields = fields;
        }

        /** Type code: 1 to 9. */
        public int code() {
            return ordinal() + 1;
        }

        /** Layout of the four words. */
        public EntryLayout fields() {
            return fields;
        }

        /** The type with this code, if there is one. */
        public static Optional<Type> of(int code) {
            return code >= 1 && code <= ALL.length ? Optional.of(ALL[code - 1]) : Optional.empty();
        }
    }

    /** The type code of a descriptor's lowest word, known or not. */
    public static int typeCode(long word0) {
        return (int) (TYPE_HIGH.get(word0) << 4 | TYPE.get(word0));
    }

    /** What the descriptor asks for; empty if its type code is not known. */
    public Optional<Type> type() {
        return Type.of(typeCode(word0));
    }

    /** Whether a bit is set that is reserved for this type; true for unknown types. */
    public boolean reservedSet() {
        return type().map(t -> t.fields().reservedSet(word0, word1, word2, word3)).orElse(true);
    }

    /** This descriptor with a field of word {@code word} (0 to 3) replaced; refuses values that do not fit the field. */
    public InvalidationDescriptor with(int word, BitField field, long value) {
        return switch (word) {
            case 0 -> new InvalidationDescriptor(field.set(word0, value), word1, word2, word3);
            case 1 -> new InvalidationDescriptor(word0, field.set(word1, value), word2, word3);
            case 2 -> new InvalidationDescriptor(word0, word1, field.set(word2, value), word3);
            case 3 -> new InvalidationDescriptor(word0, word1, word2, field.set(word3, value));
            default -> throw new IllegalArgumentException("words are 0 to 3: " + word);
        };
    }

    private static InvalidationDescriptor of(Type type) {
        return new InvalidationDescriptor(TYPE.set(0, type.code()), 0, 0, 0);
    }

    /** Drop all context entries. */
    public static InvalidationDescriptor contexts() {
        return of(Type.CONTEXT_CACHE).with(0, ContextCache.G, 1);
    }

    /** Drop the context entries of a domain. */
    public static InvalidationDescriptor contextsOfDomain(int domain) {
        return of(Type.CONTEXT_CACHE).with(0, ContextCache.G, 2).with(0, ContextCache.DID, domain);
    }

    /** Drop the context entries of a domain's source-ids that equal {@code sourceId} but for the function bits under {@code functionMask} (0 to 3). */
    public static InvalidationDescriptor contextsOfDevice(int domain, int sourceId, int functionMask) {
        return of(Type.CONTEXT_CACHE).with(0, ContextCache.G, 3).with(0, ContextCache.DID, domain).with(0, ContextCache.SID, sourceId)
                .with(0, ContextCache.FM, functionMask);
    }

    /** Drop all translations. */
    public static InvalidationDescriptor translations() {
        return of(Type.IOTLB).with(0, Iotlb.G, 1);
    }

    /** Drop a domain's translations. */
    public static InvalidationDescriptor translationsOfDomain(int domain) {
        return of(Type.IOTLB).with(0, Iotlb.G, 2).with(0, Iotlb.DID, domain);
    }

    /** Drop a domain's translations of {@code 2^addressMask} pages from {@code address}; {@code leavesOnly} spares paging-structure entries. */
    public static InvalidationDescriptor pages(int domain, long address, int addressMask, boolean leavesOnly) {
        return of(Type.IOTLB).with(0, Iotlb.G, 3).with(0, Iotlb.DID, domain).with(1, Iotlb.ADDR, address >>> 12).with(1, Iotlb.AM, addressMask)
                .with(1, Iotlb.IH, leavesOnly ? 1 : 0);
    }

    /** Drop one page of a device's own TLB. */
    public static InvalidationDescriptor deviceTlb(int sourceId, long address) {
        return of(Type.DEVICE_TLB).with(0, DeviceTlb.SID, sourceId).with(0, DeviceTlb.PFSID_LOW, sourceId & 0xf)
                .with(0, DeviceTlb.PFSID_HIGH, sourceId >>> 4).with(1, DeviceTlb.ADDR, address >>> 12);
    }

    /** Drop all cached interrupt-remapping entries. */
    public static InvalidationDescriptor interrupts() {
        return of(Type.INTERRUPT_ENTRY);
    }

    /** Drop {@code 2^indexMask} cached interrupt-remapping entries from {@code index}. */
    public static InvalidationDescriptor interrupts(int index, int indexMask) {
        return of(Type.INTERRUPT_ENTRY).with(0, InterruptEntry.G, 1).with(0, InterruptEntry.IIDX, index).with(0, InterruptEntry.IM, indexMask);
    }

    /** Wait for what is before, and nothing more: add SW, IF, FN and PD with {@link #with}. */
    public static InvalidationDescriptor await() {
        return of(Type.WAIT);
    }

    /** Wait for what is before, then store {@code status} at {@code address} (a multiple of 4). */
    public static InvalidationDescriptor await(long address, int status) {
        return await().with(0, Wait.SW, 1).with(0, Wait.STATUS, Integer.toUnsignedLong(status)).with(1, Wait.ADDR, address >>> 2);
    }

    /** Drop a domain's translations of one PASID. */
    public static InvalidationDescriptor translationsOfPasid(int domain, int pasid) {
        return of(Type.PASID_IOTLB).with(0, PasidIotlb.G, 2).with(0, PasidIotlb.DID, domain).with(0, PasidIotlb.PASID, pasid);
    }

    /** Drop a domain's first-stage or nested translations of one PASID in {@code 2^addressMask} pages from {@code address}. */
    public static InvalidationDescriptor pagesOfPasid(int domain, int pasid, long address, int addressMask) {
        return of(Type.PASID_IOTLB).with(0, PasidIotlb.G, 3).with(0, PasidIotlb.DID, domain).with(0, PasidIotlb.PASID, pasid)
                .with(1, PasidIotlb.ADDR, address >>> 12).with(1, PasidIotlb.AM, addressMask);
    }

    /** Drop all PASID-cache entries. */
    public static InvalidationDescriptor pasids() {
        return of(Type.PASID_CACHE).with(0, PasidCache.G, 3);
    }

    /** Drop a domain's PASID-cache entries. */
    public static InvalidationDescriptor pasidsOfDomain(int domain) {
        return of(Type.PASID_CACHE).with(0, PasidCache.DID, domain);
    }

    /** Drop a domain's PASID-cache entries of one PASID. */
    public static InvalidationDescriptor pasid(int domain, int pasid) {
        return of(Type.PASID_CACHE).with(0, PasidCache.G, 1).with(0, PasidCache.DID, domain).with(0, PasidCache.PASID, pasid);
    }

    /** Drop one page of one PASID in a device's own TLB. */
    public static InvalidationDescriptor deviceTlbOfPasid(int sourceId, int pasid, long address) {
        return of(Type.PASID_DEVICE_TLB).with(0, PasidDeviceTlb.SID, sourceId).with(0, PasidDeviceTlb.PASID, pasid)
                .with(0, PasidDeviceTlb.PFSID_LOW, sourceId & 0xf).with(0, PasidDeviceTlb.PFSID_HIGH, sourceId >>> 4)
                .with(1, PasidDeviceTlb.ADDR, address >>> 12);
    }

    /** Answer a group of page requests. */
    public static InvalidationDescriptor respond(PageGroupResponse response) {
        return response.toDescriptor();
    }

    /** For people: type and fields, or the raw words of an unknown type. */
    @Override
    public String toString() {
        return type().map(t -> t.fields().describeSet(word0, word1, word2, word3))
                .orElseGet(() -> "Unknown{type=" + typeCode(word0) + " word0=0x" + Long.toHexString(word0) + " word1=0x" + Long.toHexString(word1) + "}");
    }
}
