package dev.dmarshal.core.vtd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The register window of a unit with given capabilities: which registers there are, where, and what each bit does when it is written. Immutable.
 *
 * <p>Offsets below 300h are fixed; IVA and IOTLB are where ECAP.IRO says, the fault recording registers where CAP.FRO says. A register that the
 * capabilities do not announce is absent: its bytes are reserved, read as 0 and ignore writes. Where the specification leaves a choice (message data
 * width, alignment of protected regions), the choice and its reason are in {@code docs/spec-decisions.md}. Source: VT-d architecture specification,
 * chapter "Register Descriptions".
 */
public final class RegisterLayout {

    private static final int FIXED_MTRRS = 11;
    private static final int VARIABLE_MTRRS = 10;
    private static final long ALL32 = 0xffff_ffffL;

    private final long cap;
    private final long ecap;
    private final List<Register> registers = new ArrayList<>();
    private final Register[] slots;

    private RegisterLayout(int version, long cap, long ecap) {
        this.cap = cap;
        this.ecap = ecap;
        addIdentity(version);
        addTranslation();
        addFaults();
        if (ExtendedCapability.QUEUED_INVALIDATION.isSet(ecap)) {
            addInvalidationQueue();
        }
        if (ExtendedCapability.INTERRUPT_REMAPPING.isSet(ecap)) {
            long eime = ExtendedCapability.EXTENDED_INTERRUPT_MODE.isSet(ecap) ? QueueFields.Irta.EIME.mask() : 0;
            stored(RegisterName.IRTA, QueueFields.Irta.S.mask() | QueueFields.Irta.IRTA.mask() | eime);
        }
        if (ExtendedCapability.PAGE_REQUESTS.isSet(ecap)) {
            addPageRequests();
        }
        if (ExtendedCapability.MEMORY_TYPES.isSet(ecap)) {
            addMemoryTypes();
        }
        slots = place();
    }

    /**
     * The layout of a unit.
     *
     * @param version value of VER: major 7:4, minor 3:0
     * @param cap     value of CAP
     * @param ecap    value of ECAP
     * @throws IllegalArgumentException if FRO or IRO puts a register on top of another one
     */
    public static RegisterLayout of(int version, long cap, long ecap) {
        return new RegisterLayout(version, cap, ecap);
    }

    /** Value of CAP. */
    public long cap() {
        return cap;
    }

    /** Value of ECAP. */
    public long ecap() {
        return ecap;
    }

    /** All registers, ascending by offset. */
    public List<Register> registers() {
        return List.copyOf(registers);
    }

    /** The register that has the aligned four bytes at {@code offset}; empty if they are reserved or outside the window. */
    public Optional<Register> at(int offset) {
        return offset >= 0 && offset >>> 2 < slots.length ? Optional.ofNullable(slots[offset >>> 2]) : Optional.empty();
    }

    /** The only or first register of a name, if this unit has it. */
    public Optional<Register> find(RegisterName name) {
        return registers.stream().filter(r -> r.name() == name).findFirst();
    }

    /** Size of the window in bytes: whole 4 KiB pages. */
    public int windowBytes() {
        return slots.length * 4;
    }

    /** Number of fault recording registers: 1 to 256. */
    public int faultRecords() {
        return (int) Capability.FAULT_RECORDS.get(cap) + 1;
    }

    /** Offset of the first fault recording register. */
    public int faultRecordOffset() {
        return (int) Capability.FAULT_RECORDS_OFFSET.get(cap) * 16;
    }

    /** Offset of IVA; IOTLB is 8 bytes further. */
    public int invalidationOffset() {
        return (int) ExtendedCapability.IOTLB_OFFSET.get(ecap) * 16;
    }

    private void addIdentity(int version) {
        add(fixed(RegisterName.VER, 0, ALL32, version & 0xff));
        add(fixed(RegisterName.CAP, 0, -1, cap));
        add(fixed(RegisterName.ECAP, 0, -1, ecap));
    }

    private void addTranslation() {
        add(fixed(RegisterName.GCMD, 0, 0, 0));
        add(fixed(RegisterName.GSTS, 0, ALL32, 0));
        stored(RegisterName.RTADDR, CommandFields.Rtaddr.LAYOUT.definedMask(0));
        stored(RegisterName.CCMD, CommandFields.Ccmd.LAYOUT.definedMask(0) & ~CommandFields.Ccmd.CAIG.mask());
        boolean low = Capability.PROTECTED_LOW.isSet(cap);
        boolean high = Capability.PROTECTED_HIGH.isSet(cap);
        if (low || high) {
            stored(RegisterName.PMEN, CommandFields.Pmen.EPM.mask());
        }
        if (low) {
            stored(RegisterName.PLMBASE, CommandFields.Plmbase.BASE.mask());
            stored(RegisterName.PLMLIMIT, CommandFields.Plmlimit.LIMIT.mask());
        }
        if (high) {
            stored(RegisterName.PHMBASE, CommandFields.Phmbase.BASE.mask());
            stored(RegisterName.PHMLIMIT, CommandFields.Phmlimit.LIMIT.mask());
        }
        add(new Register(RegisterName.IVA, 0, offset(RegisterName.IVA), CommandFields.Iva.LAYOUT.definedMask(0), 0, 0, 0));
        stored(RegisterName.IOTLB, CommandFields.Iotlb.LAYOUT.definedMask(0) & ~CommandFields.Iotlb.IAIG.mask());
    }

    private void addFaults() {
        long clears = FaultFields.Fsts.PFO.mask();
        if (Capability.ADVANCED_FAULT_LOG.isSet(cap)) {
            clears |= FaultFields.Fsts.AFO.mask() | FaultFields.Fsts.APF.mask();
            stored(RegisterName.AFLOG, FaultFields.Aflog.LAYOUT.definedMask(0));
        }
        if (ExtendedCapability.QUEUED_INVALIDATION.isSet(ecap)) {
            clears |= FaultFields.Fsts.IQE.mask();
        }
        if (ExtendedCapability.DEVICE_TLB.isSet(ecap)) {
            clears |= FaultFields.Fsts.ICE.mask() | FaultFields.Fsts.ITE.mask();
        }
        add(fixed(RegisterName.FSTS, clears, ALL32, 0));
        event(RegisterName.FECTL, FaultFields.EventMessage.IMD.mask());
        for (int i = 0; i < faultRecords(); i++) {
            add(new Register(RegisterName.FRCD_LOW, i, offset(RegisterName.FRCD_LOW) + 16 * i, 0, 0, -1, 0));
            add(new Register(RegisterName.FRCD_HIGH, i, offset(RegisterName.FRCD_HIGH) + 16 * i, 0, FaultFields.FrcdHigh.F.mask(), -1, 0));
        }
    }

    private void addInvalidationQueue() {
        add(fixed(RegisterName.IQH, 0, -1, 0));
        stored(RegisterName.IQT, QueueFields.Iqt.QT.mask());
        long wide = ExtendedCapability.SCALABLE_MODE.isSet(ecap) ? QueueFields.Iqa.DW.mask() : 0;
        stored(RegisterName.IQA, QueueFields.Iqa.QS.mask() | QueueFields.Iqa.IQA.mask() | wide);
        add(fixed(RegisterName.ICS, QueueFields.Ics.IWC.mask(), ALL32, 0));
        event(RegisterName.IECTL, ALL32);
        add(fixed(RegisterName.IQERCD, 0, -1, 0));
    }

    private void addPageRequests() {
        stored(RegisterName.PQH, QueueFields.Pqh.PQH.mask());
        stored(RegisterName.PQT, QueueFields.Pqt.PQT.mask());
        stored(RegisterName.PQA, QueueFields.Pqa.LAYOUT.definedMask(0));
        add(fixed(RegisterName.PRS, QueueFields.Prs.LAYOUT.definedMask(0), ALL32, 0));
        event(RegisterName.PECTL, ALL32);
    }

    private void addMemoryTypes() {
        long all = QueueFields.Mtrrcap.VCNT.set(0, VARIABLE_MTRRS) | QueueFields.Mtrrcap.FIX.mask() | QueueFields.Mtrrcap.WC.mask();
        add(fixed(RegisterName.MTRRCAP, 0, -1, all));
        stored(RegisterName.MTRRDEF, QueueFields.Mtrrdef.LAYOUT.definedMask(0));
        for (int i = 0; i < FIXED_MTRRS; i++) {
            add(new Register(RegisterName.MTRR_FIX, i, offset(RegisterName.MTRR_FIX) + 8 * i, -1, 0, -1, 0));
        }
        for (int i = 0; i < VARIABLE_MTRRS; i++) {
            add(new Register(RegisterName.MTRR_PHYSBASE, i, offset(RegisterName.MTRR_PHYSBASE) + 16 * i, QueueFields.MtrrBase.LAYOUT.definedMask(0), 0, -1, 0));
            add(new Register(RegisterName.MTRR_PHYSMASK, i, offset(RegisterName.MTRR_PHYSMASK) + 16 * i, QueueFields.MtrrMask.LAYOUT.definedMask(0), 0, -1, 0));
        }
    }

    /** Control, data, address and upper address of an event interrupt: four registers whose names follow each other. */
    private void event(RegisterName control, long messageBits) {
        RegisterName[] names = RegisterName.values();
        int first = control.ordinal();
        add(new Register(control, 0, control.offset(), FaultFields.Control.IM.mask(), 0, ALL32, FaultFields.Control.IM.mask()));
        stored(names[first + 1], messageBits);
        stored(names[first + 2], FaultFields.EventAddress.MA.mask());
        stored(names[first + 3], ExtendedCapability.EXTENDED_INTERRUPT_MODE.isSet(ecap) ? ALL32 : 0);
    }

    private void stored(RegisterName name, long writable) {
        add(new Register(name, 0, offset(name), writable, 0, -1, 0));
    }

    private Register fixed(RegisterName name, long clears, long readable, long reset) {
        return new Register(name, 0, name.offset(), 0, clears, readable, reset);
    }

    /** Where the first register of a name is in this unit. */
    public int offset(RegisterName name) {
        return name.offset() + switch (name) {
            case IVA, IOTLB -> invalidationOffset();
            case FRCD_LOW, FRCD_HIGH -> faultRecordOffset();
            default -> 0;
        };
    }

    private void add(Register register) {
        registers.add(register);
    }

    private Register[] place() {
        registers.sort((a, b) -> Integer.compare(a.offset(), b.offset()));
        Register last = registers.getLast();
        int end = last.offset() + last.sizeBytes();
        Register[] map = new Register[(end + 0xfff & ~0xfff) / 4];
        for (Register register : registers) {
            for (int slot = register.offset() / 4; slot < (register.offset() + register.sizeBytes()) / 4; slot++) {
                if (map[slot] != null) {
                    throw new IllegalArgumentException(register.name() + " at 0x" + Integer.toHexString(register.offset()) + " lies on " + map[slot].name());
                }
                map[slot] = register;
            }
        }
        return map;
    }
}
