package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.unit.CacheSizes;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.CommandFields.Gcmd;
import dev.dmarshal.core.vtd.CommandFields.Rtaddr;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.RegisterName;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.OptionalLong;

/**
 * Where one unit's tables lie, and how that is known.
 *
 * @param name              the unit's name, for people: dmar0, or where it was found
 * @param rootRegister      value of RTADDR; empty if only interrupts are known of
 * @param interruptRegister value of IRTA, if it is known
 * @param capabilities      what the unit can do
 * @param capabilitiesKnown whether {@code capabilities} are the unit's own; otherwise they are {@link #anyUnit}
 * @param origin            who says so, for people
 * @param confidence        how sure that is
 */
public record UnitTables(String name, OptionalLong rootRegister, OptionalLong interruptRegister, UnitCapabilities capabilities,
        boolean capabilitiesKnown, String origin, Confidence confidence) {

    /** How sure something is. */
    public enum Confidence {
        /** Somebody who knows says so: registers, the kernel's own variables, or the user. */
        TOLD,
        /** Every structure that it points to is in order, and there are several. */
        HIGH,
        /** Everything is in order, but there is little of it. */
        MEDIUM,
        /** It may be chance. */
        LOW
    }

    /** RTADDR.TTM of scalable mode. */
    public static final int SCALABLE = 1;

    /**
     * A unit that can do everything, for tables of which nothing else is known: no entry is wrong for want of a feature. Bits from 52 on are reserved in
     * addresses.
     */
    public static UnitCapabilities anyUnit() {
        return UnitCapabilities.builder().with(Capability.ADDRESS_WIDTHS, 0b1110).with(Capability.MAXIMUM_WIDTH, 56).with(Capability.FIRST_STAGE_1G, 1)
                .with(Capability.FIRST_STAGE_5_LEVELS, 1).with(Capability.POSTED_INTERRUPTS, 1)
                .withExtended(ExtendedCapability.DEVICE_TLB, ExtendedCapability.PASS_THROUGH, ExtendedCapability.SNOOP_CONTROL,
                        ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE, ExtendedCapability.FIRST_STAGE, ExtendedCapability.NESTED,
                        ExtendedCapability.PASID, ExtendedCapability.RID_PASID, ExtendedCapability.SCALABLE_COHERENT,
                        ExtendedCapability.SECOND_STAGE_ACCESSED_DIRTY, ExtendedCapability.EXTENDED_ACCESSED, ExtendedCapability.EXECUTE_REQUESTS,
                        ExtendedCapability.SUPERVISOR_REQUESTS, ExtendedCapability.RID_PRIVILEGED, ExtendedCapability.MEMORY_TYPES,
                        ExtendedCapability.PAGE_REQUESTS, ExtendedCapability.INTERRUPT_REMAPPING, ExtendedCapability.EXTENDED_INTERRUPT_MODE)
                .withExtended(ExtendedCapability.PASID_SIZE, 19).hostAddressWidth(52).build();
    }

    /** The same tables under another name and with another account of where they come from. */
    public UnitTables renamed(String newName, String newOrigin) {
        return new UnitTables(newName, rootRegister, interruptRegister, capabilities, capabilitiesKnown, newOrigin, confidence);
    }

    /** The same tables on a unit that is known to have these capabilities. */
    public UnitTables with(UnitCapabilities own) {
        return new UnitTables(name, rootRegister, interruptRegister, own, true, origin, confidence);
    }

    /** Whether the root table is one of scalable mode; false if there is none. */
    public boolean scalable() {
        return rootRegister.isPresent() && Rtaddr.TTM.get(rootRegister.getAsLong()) == SCALABLE;
    }

    /** Physical address of the root table, if one is known. */
    public OptionalLong rootTable() {
        return rootRegister.isPresent() ? OptionalLong.of(rootRegister.getAsLong() & Rtaddr.RTA.mask()) : OptionalLong.empty();
    }

    /** The unit with translation on, without caches, over a memory that takes what it writes. */
    public RemappingUnit unit(PhysicalMemory memory) {
        RemappingUnit unit = RemappingUnit.builder(withPlainRegisters(), memory).caches(CacheSizes.NONE).build();
        unit.write(RegisterName.RTADDR, rootRegister.orElse(0));
        unit.write(RegisterName.GCMD, Gcmd.SRTP.mask());
        unit.write(RegisterName.GCMD, Gcmd.TE.mask());
        return unit;
    }

    /** Where the unit's further registers lie means nothing to its tables, and a made-up CAP or ECAP may put them on top of each other. */
    private UnitCapabilities withPlainRegisters() {
        UnitCapabilities plain = anyUnit();
        long cap = copy(copy(capabilities.cap(), plain.cap(), Capability.FAULT_RECORDS), plain.cap(), Capability.FAULT_RECORDS_OFFSET);
        return new UnitCapabilities(cap, copy(capabilities.ecap(), plain.ecap(), ExtendedCapability.IOTLB_OFFSET), capabilities.hostAddressWidth());
    }

    private static long copy(long word, long from, BitField field) {
        return field.set(word, field.get(from));
    }
}
