package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.vtd.CommandFields.Gcmd;
import dev.dmarshal.core.vtd.CommandFields.Rtaddr;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultFields;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.RegisterName;

/** One unit as a kernel works it: through registers and a queue. */
final class UnitPanel {

    private static final int QUEUE_BYTES = 4096;
    private static final long WIDE = 1L << 11;
    private static final long ENABLES = Gcmd.TE.mask() | Gcmd.IRE.mask() | Gcmd.QIE.mask();

    private final RemappingUnit unit;
    private final PhysicalMemory memory;

    UnitPanel(RemappingUnit unit, PhysicalMemory memory) {
        this.unit = unit;
        this.memory = memory;
    }

    /** A new queue; an old one is left where it is (intel_iommu_init_qi: drained, off, on with another address). */
    void queue(long page) {
        enable(Gcmd.QIE.mask(), false);
        unit.write(RegisterName.IQT, 0);
        unit.write(RegisterName.IQA, wide() ? page | WIDE : page);
        enable(Gcmd.QIE.mask(), true);
    }

    /** Descriptors have 256 bits on units that have scalable mode, in which others are refused (intel_iommu_init_qi asks ecap_smts). */
    private boolean wide() {
        return unit.capabilities().hasExtended(ExtendedCapability.SCALABLE_MODE);
    }

    void submit(InvalidationDescriptor... descriptors) {
        long queue = unit.read(RegisterName.IQA) & -QUEUE_BYTES;
        long tail = unit.read(RegisterName.IQT);
        for (InvalidationDescriptor descriptor : descriptors) {
            memory.write64(queue + tail, descriptor.word0());
            memory.write64(queue + tail + 8, descriptor.word1());
            if (wide()) {
                memory.write64(queue + tail + 16, descriptor.word2());
                memory.write64(queue + tail + 24, descriptor.word3());
            }
            tail = (tail + (wide() ? 32 : 16)) % QUEUE_BYTES;
        }
        unit.write(RegisterName.IQT, tail);
        if (FaultFields.Fsts.IQE.isSet(unit.read(RegisterName.FSTS))) {
            throw new IllegalStateException("the unit refuses an invalidation");
        }
    }

    /** Points the unit to a root table and drops what it has cached (iommu_set_root_entry). */
    void root(long table, boolean scalable) {
        unit.write(RegisterName.RTADDR, Rtaddr.TTM.set(table, scalable ? 1 : 0));
        once(Gcmd.SRTP.mask());
        forgetTranslations(scalable);
    }

    void forgetTranslations(boolean scalable) {
        submit(InvalidationDescriptor.contexts());
        if (scalable) {
            submit(InvalidationDescriptor.pasids());
        }
        submit(InvalidationDescriptor.translations());
    }

    /** Points the unit to an interrupt table and drops what it has cached (iommu_set_irq_remapping). */
    void interruptTable(long table, int size) {
        unit.write(RegisterName.IRTA, table | size);
        once(Gcmd.SIRTP.mask());
        submit(InvalidationDescriptor.interrupts());
    }

    void translation(boolean on) {
        enable(Gcmd.TE.mask(), on);
    }

    void interruptRemapping(boolean on) {
        enable(Gcmd.IRE.mask(), on);
    }

    long rootTable() {
        return unit.read(RegisterName.RTADDR) & Rtaddr.RTA.mask();
    }

    boolean scalable() {
        return Rtaddr.TTM.get(unit.read(RegisterName.RTADDR)) == 1;
    }

    long interruptTable() {
        return unit.read(RegisterName.IRTA) & -QUEUE_BYTES;
    }

    int interruptSize() {
        return (int) unit.read(RegisterName.IRTA) & 0xF;
    }

    /** A command beside the enables that are on already: the register is written whole (section 11.4.4.1). */
    private void once(long bit) {
        unit.write(RegisterName.GCMD, unit.read(RegisterName.GSTS) & ENABLES | bit);
    }

    private void enable(long bit, boolean on) {
        long now = unit.read(RegisterName.GSTS) & ENABLES;
        unit.write(RegisterName.GCMD, on ? now | bit : now & ~bit);
    }
}
