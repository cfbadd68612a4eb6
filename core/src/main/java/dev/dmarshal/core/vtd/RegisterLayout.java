package dev.dmarshal.core.vtd;

import dev.dmarshal.core.vtd.CapabilityFields.Cap;
import dev.dmarshal.core.vtd.CapabilityFields.Ecap;
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
        if (Ecap.QI.isSet(ecap)) {
            addInvalidationQueue();
        }
        if (Ecap.IR.isSet(ecap)) {
            long eime = Ecap.EIM.isSet(ecap) ? QueueFields.Irta.EIME.mask() : 0;
            stored(RegisterName.IRTA, 0xB8, QueueFields.Irta.S.mask() | QueueFields.Irta.IRTA.mask() | eime);
        }
        if (Ecap.PRS.isSet(ecap)) {
            addPageRequests();
        }
        if (Ecap.MTS.isSet(ecap)) {
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
        return (int) Cap.NFR.get(cap) + 1;
    }

    /** Offset of the first fault recording register. */
    public int faultRecordOffset() {
        return (int) Cap.FRO.get(cap) * 16;
    }

    /** Offset of IVA; IOTLB is 8 bytes further. */
    public int invalidationOffset() {
        return (int) Ecap.IRO.get(ecap) * 16;
    }

    private void addIdentity(int version) {
        add(new Register(RegisterName.VER, 0, 0x00, 0, 0, ALL32, version & 0xff));
        add(new Register(RegisterName.CAP, 0, 0x08, 0, 0, -1, cap));
        add(new Register(RegisterName.ECAP, 0, 0x10, 0, 0, -1, ecap));
    }

    private void addTranslation() {
        add(new Register(RegisterName.GCMD, 0, 0x18, 0, 0, 0, 0));
        add(new Register(RegisterName.GSTS, 0, 0x1C, 0, 0, ALL32, 0));
        stored(RegisterName.RTADDR, 0x20, CommandFields.Rtaddr.LAYOUT.defined(0));
        stored(RegisterName.CCMD, 0x28, CommandFields.Ccmd.LAYOUT.defined(0) & ~CommandFields.Ccmd.CAIG.mask());
        boolean low = Cap.PLMR.isSet(cap);
        boolean high = Cap.PHMR.isSet(cap);
        if (low || high) {
            stored(RegisterName.PMEN, 0x64, CommandFields.Pmen.EPM.mask());
        }
        if (low) {
            stored(RegisterName.PLMBASE, 0x68, CommandFields.Plmbase.BASE.mask());
            stored(RegisterName.PLMLIMIT, 0x6C, CommandFields.Plmlimit.LIMIT.mask());
        }
        if (high) {
            stored(RegisterName.PHMBASE, 0x70, CommandFields.Phmbase.BASE.mask());
            stored(RegisterName.PHMLIMIT, 0x78, CommandFields.Phmlimit.LIMIT.mask());
        }
        int iva = invalidationOffset();
        add(new Register(RegisterName.IVA, 0, iva, CommandFields.Iva.LAYOUT.defined(0), 0, 0, 0));
        stored(RegisterName.IOTLB, iva + 8, CommandFields.Iotlb.LAYOUT.defined(0) & ~CommandFields.Iotlb.IAIG.mask());
    }

    private void addFaults() {
        long clears = FaultFields.Fsts.PFO.mask();
        if (Cap.AFL.isSet(cap)) {
            clears |= FaultFields.Fsts.AFO.mask() | FaultFields.Fsts.APF.mask();
            stored(RegisterName.AFLOG, 0x58, FaultFields.Aflog.LAYOUT.defined(0));
        }
        if (Ecap.QI.isSet(ecap)) {
            clears |= FaultFields.Fsts.IQE.mask();
        }
        if (Ecap.DT.isSet(ecap)) {
            clears |= FaultFields.Fsts.ICE.mask() | FaultFields.Fsts.ITE.mask();
        }
        add(new Register(RegisterName.FSTS, 0, 0x34, 0, clears, ALL32, 0));
        event(RegisterName.FECTL, 0x38, FaultFields.EventMessage.IMD.mask());
        for (int i = 0; i < faultRecords(); i++) {
            int offset = faultRecordOffset() + 16 * i;
            add(new Register(RegisterName.FRCD_LOW, i, offset, 0, 0, -1, 0));
            add(new Register(RegisterName.FRCD_HIGH, i, offset + 8, 0, FaultFields.FrcdHigh.F.mask(), -1, 0));
        }
    }

    private void addInvalidationQueue() {
        add(new Register(RegisterName.IQH, 0, 0x80, 0, 0, -1, 0));
        stored(RegisterName.IQT, 0x88, QueueFields.Iqt.QT.mask());
        long wide = Ecap.SMTS.isSet(ecap) ? QueueFields.Iqa.DW.mask() : 0;
        stored(RegisterName.IQA, 0x90, QueueFields.Iqa.QS.mask() | QueueFields.Iqa.IQA.mask() | wide);
        add(new Register(RegisterName.ICS, 0, 0x9C, 0, QueueFields.Ics.IWC.mask(), ALL32, 0));
        event(RegisterName.IECTL, 0xA0, ALL32);
        add(new Register(RegisterName.IQERCD, 0, 0xB0, 0, 0, -1, 0));
    }

    private void addPageRequests() {
        stored(RegisterName.PQH, 0xC0, QueueFields.Pqh.PQH.mask());
        stored(RegisterName.PQT, 0xC8, QueueFields.Pqt.PQT.mask());
        stored(RegisterName.PQA, 0xD0, QueueFields.Pqa.LAYOUT.defined(0));
        add(new Register(RegisterName.PRS, 0, 0xDC, 0, QueueFields.Prs.LAYOUT.defined(0), ALL32, 0));
        event(RegisterName.PECTL, 0xE0, ALL32);
    }

    private void addMemoryTypes() {
        long all = QueueFields.Mtrrcap.VCNT.set(0, VARIABLE_MTRRS) | QueueFields.Mtrrcap.FIX.mask() | QueueFields.Mtrrcap.WC.mask();
        add(new Register(RegisterName.MTRRCAP, 0, 0x100, 0, 0, -1, all));
        stored(RegisterName.MTRRDEF, 0x108, QueueFields.Mtrrdef.LAYOUT.defined(0));
        for (int i = 0; i < FIXED_MTRRS; i++) {
            add(new Register(RegisterName.MTRR_FIX, i, 0x120 + 8 * i, -1, 0, -1, 0));
        }
        for (int i = 0; i < VARIABLE_MTRRS; i++) {
            add(new Register(RegisterName.MTRR_PHYSBASE, i, 0x180 + 16 * i, QueueFields.MtrrBase.LAYOUT.defined(0), 0, -1, 0));
            add(new Register(RegisterName.MTRR_PHYSMASK, i, 0x188 + 16 * i, QueueFields.MtrrMask.LAYOUT.defined(0), 0, -1, 0));
        }
    }

    /** Control, data, address and upper address of an event interrupt, in four consecutive words whose names follow each other. */
    private void event(RegisterName control, int offset, long messageBits) {
        RegisterName[] names = RegisterName.values();
        int first = control.ordinal();
        add(new Register(control, 0, offset, FaultFields.Control.IM.mask(), 0, ALL32, FaultFields.Control.IM.mask()));
        stored(names[first + 1], offset + 4, messageBits);
        stored(names[first + 2], offset + 8, FaultFields.EventAddress.MA.mask());
        stored(names[first + 3], offset + 12, Ecap.EIM.isSet(ecap) ? ALL32 : 0);
    }

    private void stored(RegisterName name, int offset, long writable) {
        add(new Register(name, 0, offset, writable, 0, -1, 0));
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
