package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;

/**
 * What a remapping unit can do: its CAP and ECAP registers, and the platform's host address width from the DMAR table.
 *
 * <p>Real units report odd combinations, so the record takes any words; {@link Builder#build} refuses those that contradict themselves and says why.
 *
 * @param cap              the CAP register, see {@link Capability}
 * @param ecap             the ECAP register, see {@link ExtendedCapability}
 * @param hostAddressWidth bits of a physical address, 32 to 52; address bits at or above it are reserved in tables
 */
public record UnitCapabilities(long cap, long ecap, int hostAddressWidth) {

    /** Refuses host address widths that no table can hold. */
    public UnitCapabilities {
        if (hostAddressWidth < 32 || hostAddressWidth > 52) {
            throw new IllegalArgumentException("host address width " + hostAddressWidth + " is not in 32..52");
        }
    }

    /** Whether a one-bit field of CAP is set, or any bit of a longer one. */
    public boolean has(BitField capability) {
        return capability.isSet(cap);
    }

    /** Whether a one-bit field of ECAP is set, or any bit of a longer one. */
    public boolean hasExtended(BitField capability) {
        return capability.isSet(ecap);
    }

    /** Bits of a domain id: 4 to 16. */
    public int domainBits() {
        return Math.min(16, 4 + 2 * (int) Capability.DOMAINS.get(cap));
    }

    /** Maximum guest address width in bits. */
    public int maximumGuestWidth() {
        return (int) Capability.MAXIMUM_WIDTH.get(cap) + 1;
    }

    /** Whether second-stage tables of this width are supported. */
    public boolean supports(AddressWidth width) {
        return (Capability.ADDRESS_WIDTHS.get(cap) & 1L << width.code()) != 0;
    }

    /** Bits of a PASID, 0 if requests with PASID are not supported. */
    public int pasidBits() {
        return hasExtended(ExtendedCapability.PASID) ? Math.min(20, (int) ExtendedCapability.PASID_SIZE.get(ecap) + 1) : 0;
    }

    /** Fault-recording registers: 1 to 256. */
    public int faultRecords() {
        return (int) Capability.FAULT_RECORDS.get(cap) + 1;
    }

    /** Every field of both registers by name. */
    @Override
    public String toString() {
        return Capability.LAYOUT.describe(cap) + " " + ExtendedCapability.LAYOUT.describe(ecap) + " HAW=" + hostAddressWidth;
    }

    /**
     * Starts with the least of a useful unit: 39- and 48-bit second stage of 48 bits, 2 MiB and 1 GiB pages, 16-bit domain ids, one fault record at 220h,
     * IOTLB registers at F0h, page-selective invalidation of up to 2^18 pages, draining, queued invalidation, coherent walks; host address width 46.
     */
    public static Builder builder() {
        return new Builder().with(Capability.DOMAINS, 6).with(Capability.ADDRESS_WIDTHS, 0b00110).with(Capability.MAXIMUM_WIDTH, 47)
                .with(Capability.FAULT_RECORDS_OFFSET, 0x22).with(Capability.LARGE_PAGES, 3).with(Capability.PAGE_SELECTIVE, 1)
                .with(Capability.MAXIMUM_ADDRESS_MASK, 18).with(Capability.DRAIN_WRITES, 1).with(Capability.DRAIN_READS, 1)
                .with(Capability.ZERO_LENGTH_READ, 1)
                .withExtended(ExtendedCapability.COHERENT, 1).withExtended(ExtendedCapability.QUEUED_INVALIDATION, 1)
                .withExtended(ExtendedCapability.IOTLB_OFFSET, 0xF);
    }

    /** Starts from this unit's words. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.cap = cap;
        builder.ecap = ecap;
        builder.hostAddressWidth = hostAddressWidth;
        return builder;
    }

    /** Builds capabilities field by field. */
    public static final class Builder {
        private long cap;
        private long ecap;
        private int hostAddressWidth = 46;

        private Builder() {
        }

        /** Sets a field of CAP. */
        public Builder with(BitField field, long value) {
            cap = field.set(cap, value);
            return this;
        }

        /** Sets a field of ECAP. */
        public Builder withExtended(BitField field, long value) {
            ecap = field.set(ecap, value);
            return this;
        }

        /** Sets one-bit fields of ECAP. */
        public Builder withExtended(BitField... fields) {
            for (BitField field : fields) {
                ecap = field.set(ecap, 1);
            }
            return this;
        }

        /** Sets the host address width, 32 to 52. */
        public Builder hostAddressWidth(int bits) {
            hostAddressWidth = bits;
            return this;
        }

        /** The capabilities; throws {@link IllegalArgumentException} with the reason if they contradict themselves. */
        public UnitCapabilities build() {
            UnitCapabilities built = new UnitCapabilities(cap, ecap, hostAddressWidth);
            new CapabilityRules(built).check();
            return built;
        }
    }
}
