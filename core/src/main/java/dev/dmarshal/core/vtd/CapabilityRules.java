package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;

/** Which capability combinations cannot be: what a field's description in sections 11.4.2 and 11.4.3 presupposes. */
final class CapabilityRules {
    private final UnitCapabilities unit;

    CapabilityRules(UnitCapabilities unit) {
        this.unit = unit;
    }

    void check() {
        checkReserved();
        checkSecondStage();
        checkRegisters();
        checkDependencies();
        checkScalable();
    }

    private void checkReserved() {
        refuse((unit.cap() & Capability.LAYOUT.reservedMask(0)) != 0, "CAP has reserved bits set");
        refuse((unit.ecap() & ExtendedCapability.LAYOUT.reservedMask(0)) != 0, "ECAP has reserved bits set");
        refuse(Capability.DOMAINS.get(unit.cap()) == 7, "ND 7 is reserved");
    }

    private void checkSecondStage() {
        long widths = Capability.ADDRESS_WIDTHS.get(unit.cap());
        refuse((widths & 0b10001) != 0, "SAGAW bits 0 and 4 are reserved");
        refuse((Capability.LARGE_PAGES.get(unit.cap()) & 0b1100) != 0, "SSLPS bits 2 and 3 are reserved");
        refuse(Capability.LARGE_PAGES.get(unit.cap()) == 2, "SSLPS has 1 GiB pages without 2 MiB pages");
        int widest = 0;
        for (AddressWidth width : AddressWidth.values()) {
            widest = unit.supports(width) ? width.bits() : widest;
        }
        boolean secondStage = widths != 0;
        refuse(!secondStage && !firstStageOnly(), "SAGAW is empty, and there is no first stage");
        refuse(secondStage && unit.maximumGuestWidth() > widest, "MGAW " + unit.maximumGuestWidth() + " is beyond the widest of SAGAW, " + widest);
        refuse(unit.maximumGuestWidth() > 57 || unit.maximumGuestWidth() < 30, "MGAW " + unit.maximumGuestWidth() + " is not in 30..57");
    }

    private boolean firstStageOnly() {
        return has(ExtendedCapability.FIRST_STAGE) && !has(ExtendedCapability.SECOND_STAGE);
    }

    private void checkRegisters() {
        long records = Capability.FAULT_RECORDS_OFFSET.get(unit.cap()) * 16;
        refuse(records < 0x100, "FRO puts the fault records among the fixed registers");
        long iotlb = ExtendedCapability.IOTLB_OFFSET.get(unit.ecap()) * 16;
        refuse(iotlb < 0xE8, "IRO puts the IOTLB registers among the fixed registers");
        refuse(iotlb + 16 > records && iotlb < records + 16L * unit.faultRecords(), "IOTLB registers and fault records overlap");
    }

    private void checkDependencies() {
        needs(ExtendedCapability.INTERRUPT_REMAPPING, ExtendedCapability.QUEUED_INVALIDATION);
        needs(ExtendedCapability.EXTENDED_INTERRUPT_MODE, ExtendedCapability.INTERRUPT_REMAPPING);
        needs(ExtendedCapability.DEVICE_TLB, ExtendedCapability.QUEUED_INVALIDATION);
        needs(ExtendedCapability.PAGE_REQUESTS, ExtendedCapability.DEVICE_TLB);
        needs(ExtendedCapability.PAGE_REQUEST_DRAIN, ExtendedCapability.PAGE_REQUESTS);
        needs(ExtendedCapability.INVALIDATION_THROTTLE, ExtendedCapability.DEVICE_TLB);
        needs(ExtendedCapability.NO_WRITE_FLAG, ExtendedCapability.DEVICE_TLB);
        refuse(unit.has(Capability.POSTED_INTERRUPTS) && !has(ExtendedCapability.INTERRUPT_REMAPPING), "PI needs IR");
        refuse(unit.has(Capability.SELF_INVALIDATING_INTERRUPT_POINTER) && !has(ExtendedCapability.INTERRUPT_REMAPPING), "ESIRTPS needs IR");
    }

    private void checkScalable() {
        needs(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.QUEUED_INVALIDATION);
        for (BitField field : new BitField[] {ExtendedCapability.SECOND_STAGE, ExtendedCapability.FIRST_STAGE, ExtendedCapability.RID_PASID,
            ExtendedCapability.SCALABLE_COHERENT, ExtendedCapability.PASID, ExtendedCapability.NESTED}) {
            needs(field, ExtendedCapability.SCALABLE_MODE);
        }
        needs(ExtendedCapability.SECOND_STAGE_ACCESSED_DIRTY, ExtendedCapability.SECOND_STAGE);
        needs(ExtendedCapability.EXTENDED_ACCESSED, ExtendedCapability.FIRST_STAGE);
        needs(ExtendedCapability.NESTED, ExtendedCapability.FIRST_STAGE);
        needs(ExtendedCapability.NESTED, ExtendedCapability.SECOND_STAGE);
        needs(ExtendedCapability.EXECUTE_REQUESTS, ExtendedCapability.PASID);
        needs(ExtendedCapability.SUPERVISOR_REQUESTS, ExtendedCapability.PASID);
        needs(ExtendedCapability.RID_PRIVILEGED, ExtendedCapability.SUPERVISOR_REQUESTS);
        refuse(ExtendedCapability.PASID_SIZE.get(unit.ecap()) > 19, "PSS is beyond 20 bits");
        refuse(!has(ExtendedCapability.PASID) && has(ExtendedCapability.PASID_SIZE), "PSS without PASID");
        refuse(unit.has(Capability.FIRST_STAGE_1G) && !has(ExtendedCapability.FIRST_STAGE), "FS1GP needs FSTS");
        refuse(unit.has(Capability.FIRST_STAGE_5_LEVELS) && !has(ExtendedCapability.FIRST_STAGE), "FS5LP needs FSTS");
        refuse(has(ExtendedCapability.SCALABLE_MODE) && !has(ExtendedCapability.FIRST_STAGE) && !has(ExtendedCapability.SECOND_STAGE)
                && !has(ExtendedCapability.PASS_THROUGH), "SMTS without FSTS, SSTS or PT translates nothing");
    }

    private boolean has(BitField field) {
        return unit.hasExtended(field);
    }

    private void needs(BitField field, BitField prerequisite) {
        refuse(has(field) && !has(prerequisite), field.name() + " needs " + prerequisite.name());
    }

    private static void refuse(boolean condition, String reason) {
        if (condition) {
            throw new IllegalArgumentException(reason);
        }
    }
}
