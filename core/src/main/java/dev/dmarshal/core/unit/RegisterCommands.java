package dev.dmarshal.core.unit;

import dev.dmarshal.core.unit.UnitState.Range;
import dev.dmarshal.core.unit.UnitState.TableMode;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.CommandFields.Ccmd;
import dev.dmarshal.core.vtd.CommandFields.Gcmd;
import dev.dmarshal.core.vtd.CommandFields.Gsts;
import dev.dmarshal.core.vtd.CommandFields.Iotlb;
import dev.dmarshal.core.vtd.CommandFields.Plmbase;
import dev.dmarshal.core.vtd.CommandFields.Pmen;
import dev.dmarshal.core.vtd.RegisterName;

/**
 * What writes to GCMD, CCMD, IOTLB and PMEN do. Every command is complete when the write returns. Source: VT-d architecture specification, chapter
 * "Register Descriptions". Needs the register lock.
 */
final class RegisterCommands {

    private static final long BLOCK_LOW_BITS = Plmbase.BASE.mask() & -Plmbase.BASE.mask();

    private final RegisterBank bank;
    private final LatchedState latched;
    private final FaultRecorder faults;
    private final InvalidationQueue queue;
    private final DescriptorActions actions;

    RegisterCommands(RegisterBank bank, LatchedState latched, FaultRecorder faults, InvalidationQueue queue, DescriptorActions actions) {
        this.bank = bank;
        this.latched = latched;
        this.faults = faults;
        this.queue = queue;
        this.actions = actions;
    }

    /** GCMD: enables follow their bits, one-shot commands are done where their bit is 1; several at once are done pointers first, then enables. */
    void global(long value) {
        long oneShot = Gcmd.SRTP.mask() | Gcmd.SFL.mask() | Gcmd.WBF.mask() | Gcmd.SIRTP.mask();
        long status = bank.get(RegisterName.GSTS);
        long asked = (value & oneShot | (value ^ status) & ~oneShot) & Gcmd.LAYOUT.definedMask(0);
        long able = asked & supported();
        if (able != asked) {
            bank.count(ProgrammingError.UNSUPPORTED_COMMAND);
        }
        if (Long.bitCount(able) > 1) {
            bank.count(ProgrammingError.SEVERAL_COMMANDS);
        }
        setPointers(able);
        if (Gcmd.EAFL.isSet(able)) {
            toggleLog();
        }
        if (Gcmd.CFI.isSet(able)) {
            toggle(Gcmd.CFI.mask());
        }
        if (Gcmd.QIE.isSet(able)) {
            toggleQueue();
        }
        if (Gcmd.IRE.isSet(able)) {
            toggleRemapping(Gcmd.IRE.mask(), Gsts.IRTPS.mask(), ProgrammingError.REMAPPING_WITHOUT_TABLE);
        }
        if (Gcmd.TE.isSet(able)) {
            toggleRemapping(Gcmd.TE.mask(), Gsts.RTPS.mask(), ProgrammingError.TRANSLATION_WITHOUT_ROOT);
        }
    }

    private long supported() {
        long mask = Gcmd.TE.mask() | Gcmd.SRTP.mask();
        mask |= Capability.ADVANCED_FAULT_LOG.isSet(bank.layout.cap()) ? Gcmd.SFL.mask() | Gcmd.EAFL.mask() : 0;
        mask |= Capability.WRITE_BUFFER_FLUSH.isSet(bank.layout.cap()) ? Gcmd.WBF.mask() : 0;
        mask |= ExtendedCapability.QUEUED_INVALIDATION.isSet(bank.layout.ecap()) ? Gcmd.QIE.mask() : 0;
        return mask | (ExtendedCapability.INTERRUPT_REMAPPING.isSet(bank.layout.ecap()) ? Gcmd.IRE.mask() | Gcmd.SIRTP.mask() | Gcmd.CFI.mask() : 0);
    }

    /** One-shot commands. WBF needs nothing: stores are never held back, and WBFS is 0 again before it could be read. */
    private void setPointers(long able) {
        if (Gcmd.SFL.isSet(able)) {
            faults.latchLog();
            set(Gsts.FLS.mask());
        }
        if (Gcmd.SRTP.isSet(able)) {
            TableMode before = latched.state().mode();
            latched.latchRoot();
            set(Gsts.RTPS.mask());
            latched.publish();
            if (before != latched.state().mode() && latched.state().translationEnabled()) {
                bank.count(ProgrammingError.MODE_CHANGED_WHILE_TRANSLATING);
            }
            if (Capability.SELF_INVALIDATING_ROOT_POINTER.isSet(bank.layout.cap())) {
                actions.everything();
            }
        }
        if (Gcmd.SIRTP.isSet(able)) {
            latched.latchInterruptTable();
            set(Gsts.IRTPS.mask());
            latched.publish();
            if (Capability.SELF_INVALIDATING_INTERRUPT_POINTER.isSet(bank.layout.cap())) {
                actions.allInterrupts();
            }
        }
    }

    private void toggleLog() {
        if (bank.isSet(RegisterName.GSTS, Gsts.FLS)) {
            toggle(Gcmd.EAFL.mask());
        } else {
            bank.count(ProgrammingError.LOGGING_WITHOUT_LOG);
        }
    }

    private void toggleQueue() {
        toggle(Gcmd.QIE.mask());
        if (bank.isSet(RegisterName.GSTS, Gsts.QIES)) {
            queue.enable();
        } else {
            queue.disable();
        }
    }

    private void toggleRemapping(long bit, long pointerSet, ProgrammingError without) {
        toggle(bit);
        long status = bank.get(RegisterName.GSTS);
        if ((status & bit) != 0 && (status & pointerSet) == 0) {
            bank.count(without);
        }
        if (!Gsts.TES.isSet(status) && !Gsts.IRES.isSet(status)) {
            faults.restartRotation();
        }
    }

    private void toggle(long bit) {
        bank.set(RegisterName.GSTS, bank.get(RegisterName.GSTS) ^ bit);
        latched.publish();
    }

    private void set(long bit) {
        bank.set(RegisterName.GSTS, bank.get(RegisterName.GSTS) | bit);
    }

    /** CCMD was written: with ICC set, invalidates and says in CAIG what it did. */
    void contextCommand() {
        long command = bank.get(RegisterName.CCMD);
        if (!Ccmd.ICC.isSet(command)) {
            return;
        }
        int asked = (int) Ccmd.CIRG.get(command);
        int done = refused(asked) ? 0 : asked;
        if (done != 0) {
            actions.contexts(asked, latched.state().mode(), (int) Ccmd.DID.get(command), (int) Ccmd.SID.get(command), (int) Ccmd.FM.get(command));
        }
        bank.set(RegisterName.CCMD, Ccmd.CAIG.set(Ccmd.ICC.set(command, 0), done));
    }

    /** IOTLB was written: with IVT set, invalidates and says in IAIG what it did. */
    void translationCommand() {
        long command = bank.get(RegisterName.IOTLB);
        if (!Iotlb.IVT.isSet(command)) {
            return;
        }
        int asked = (int) Iotlb.IIRG.get(command);
        int done = refused(asked) ? 0 : actions.translations(asked, (int) Iotlb.DID.get(command), bank.get(RegisterName.IVA));
        bank.set(RegisterName.IOTLB, Iotlb.IAIG.set(Iotlb.IVT.set(command, 0), done));
    }

    private boolean refused(int granularity) {
        if (bank.isSet(RegisterName.GSTS, Gsts.QIES) || latched.state().mode() == TableMode.SCALABLE) {
            bank.count(ProgrammingError.REGISTER_INVALIDATION_REFUSED);
            return true;
        }
        if (granularity == 0) {
            bank.count(ProgrammingError.REGISTER_INVALIDATION_RESERVED);
        }
        return granularity == 0;
    }

    /** PMEN was written: protection follows EPM, with the bounds as they are now. */
    void protectedMemory() {
        boolean on = bank.isSet(RegisterName.PMEN, Pmen.EPM);
        if (on == bank.isSet(RegisterName.PMEN, Pmen.PRS)) {
            return;
        }
        bank.put(RegisterName.PMEN, Pmen.PRS, on ? 1 : 0);
        latched.protect(on ? range(RegisterName.PLMBASE, RegisterName.PLMLIMIT) : Range.EMPTY,
                on ? range(RegisterName.PHMBASE, RegisterName.PHMLIMIT) : Range.EMPTY);
        latched.publish();
    }

    /** A limit's wired-zero bits count as ones: the region ends with the block. */
    private Range range(RegisterName base, RegisterName limit) {
        if (!bank.has(base)) {
            return Range.EMPTY;
        }
        return new Range(bank.get(base), bank.get(limit) | BLOCK_LOW_BITS - 1);
    }
}
