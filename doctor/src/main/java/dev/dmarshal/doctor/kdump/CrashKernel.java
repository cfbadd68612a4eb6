package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A crash kernel at work on the units of a {@link CrashedHost}: the steps of {@code intel_setup_irq_remapping} and {@code init_dmars} that change what the
 * hardware does, in their order, by {@link Behaviour}. A gap between two steps in which devices meet something else is a call of {@code gap}.
 */
final class CrashKernel {

    private static final int INTERRUPT_PAGES = 256;
    private static final long PAGE = 4096;
    /** Linux hands IOVAs out from the top of the first 4 GiB downwards, in both kernels (drivers/iommu/iova.c). */
    private static final long FIRST_IOVA = 0xffff_f000L;
    /** Buffers that a driver maps when it starts. */
    private static final int FIRST_BUFFERS = 8;
    private static final long BUFFERS_OFFSET = 32 << 20;

    private final CrashScene scene;
    private final CrashedHost host;
    private final Behaviour behaviour;
    private final SparseMemory memory;
    private final TableBuilder tables;
    private final List<String> notes = new ArrayList<>();
    private final List<Taken> taken = new ArrayList<>();
    private long nextBuffer;

    /** What the crash kernel made of one unit. */
    private static final class Taken {
        final UnitPanel panel;
        final int number;
        Set<Integer> usedDomains = new HashSet<>();
        Set<Integer> copied = new HashSet<>();
        long root;
        boolean translating;
        boolean scalable;

        Taken(UnitPanel panel, int number) {
            this.panel = panel;
            this.number = number;
        }
    }

    CrashKernel(CrashScene scene, CrashedHost host, Behaviour behaviour) {
        this.scene = scene;
        this.host = host;
        this.behaviour = behaviour;
        this.memory = host.memory();
        this.tables = new TableBuilder(memory, CrashedHost.NEW_TABLES);
        this.nextBuffer = scene.crashKernel().first() + BUFFERS_OFFSET & -PAGE;
        for (int number = 0; number < scene.units(); number++) {
            taken.add(new Taken(new UnitPanel(host.unit(number), memory), number));
        }
    }

    /** What a log of it would say, or a user should know. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** Interrupt remapping comes first: it is set up with the APICs, long before DMA remapping. */
    void takeInterrupts(Runnable gap) {
        for (Taken unit : taken) {
            long old = unit.panel.interruptTable();
            int size = unit.panel.interruptSize();
            unit.panel.queue(tables.page());
            switch (behaviour) {
                case OFF_AND_ON -> unit.panel.interruptRemapping(false);
                case SERIES -> {
                    // "Use the old interrupt remapping table, do not rewrite the IRTA register."
                }
                case COPY_MARKED, COPY, IOMMU_OFF -> copyInterrupts(unit, old, size);
            }
        }
        if (behaviour == Behaviour.OFF_AND_ON) {
            gap.run();
            taken.forEach(unit -> {
                unit.panel.interruptTable(tables.pages(INTERRUPT_PAGES), CrashScene.LINUX_INTERRUPT_SIZE);
                unit.panel.interruptRemapping(true);
            });
        }
    }

    /** {@code iommu_load_old_irte}: all or nothing; the size must be its own. */
    private void copyInterrupts(Taken unit, long old, int size) {
        long table = tables.pages(INTERRUPT_PAGES);
        if (size == CrashScene.LINUX_INTERRUPT_SIZE) {
            for (long at = 0; at < INTERRUPT_PAGES * PAGE; at += 8) {
                long word = memory.read64(old + at);
                if (word != 0) {
                    memory.write64(table + at, word);
                }
            }
        } else {
            notes.add("dmar" + unit.number + ": the old interrupt table has another size than Linux makes, so it is not copied: the new one is empty.");
        }
        unit.panel.interruptTable(table, CrashScene.LINUX_INTERRUPT_SIZE);
    }

    /** DMA remapping. */
    void takeTranslation(Runnable gap) {
        List<Taken> clean = new ArrayList<>();
        for (Taken unit : taken) {
            switch (behaviour) {
                case OFF_AND_ON -> clean.add(unit);
                case SERIES -> keep(unit);
                case COPY_MARKED, COPY -> {
                    if (unit.panel.scalable() == scene.crashScalable()) {
                        copy(unit);
                    } else {
                        notes.add("dmar" + unit.number + ": the two kernels' tables are of different kinds (" + (scene.scalable() ? "scalable" : "legacy")
                                + " mode before); the kind cannot change while translation is on, so it is switched off and everything begins anew.");
                        clean.add(unit);
                    }
                }
                case IOMMU_OFF -> unit.panel.translation(false);
            }
        }
        if (behaviour == Behaviour.IOMMU_OFF) {
            return;
        }
        clean.forEach(unit -> unit.panel.translation(false));
        if (!clean.isEmpty()) {
            gap.run();
        }
        clean.forEach(this::begin);
    }

    /** New and empty, but for devices with reserved memory, which are entered at once (iommu_prepare_rmrr_dev, later direct mappings of the default domain). */
    private void begin(Taken unit) {
        unit.root = tables.page();
        unit.scalable = scene.crashScalable();
        for (BusyDevice device : scene.devices()) {
            if (device.unit() == unit.number && !device.reserved().isEmpty()) {
                Domains domains = new Domains(memory, tables, unit.scalable);
                SecondStageTree tree = domains.tree();
                Domains.mapReserved(tree, device);
                domains.enter(unit.root, device.sourceId(), freshDomain(unit), tree);
            }
        }
        unit.panel.root(unit.root, unit.scalable);
        unit.panel.translation(true);
        unit.translating = true;
    }

    /** "Use the old root entry table … Malloc and use new context entry table … save its address to the old root entry table." */
    private void keep(Taken unit) {
        unit.scalable = unit.panel.scalable();
        unit.root = unit.panel.rootTable();
        ContextCopy copy = new ContextCopy(memory, tables, unit.scalable, false);
        copy.copy(unit.root, unit.root);
        remember(unit, copy);
        unit.panel.forgetTranslations(unit.scalable);
    }

    private void copy(Taken unit) {
        unit.scalable = unit.panel.scalable();
        unit.root = tables.page();
        ContextCopy copy = new ContextCopy(memory, tables, unit.scalable, behaviour == Behaviour.COPY_MARKED);
        copy.copy(unit.panel.rootTable(), unit.root);
        remember(unit, copy);
        unit.panel.root(unit.root, unit.scalable);
    }

    private static void remember(Taken unit, ContextCopy copy) {
        unit.usedDomains.addAll(copy.reserved());
        unit.copied.addAll(copy.copied());
        unit.translating = true;
    }

    /**
     * A driver maps its first buffers: its device leaves the old domain for a new and empty one (iommu_deferred_attach, copied_context_tear_down), which begins
     * with the device's reserved memory.
     */
    void startDriver(BusyDevice device) {
        Taken unit = taken.get(device.unit());
        if (!unit.translating) {
            return;
        }
        Domains domains = new Domains(memory, tables, unit.scalable);
        long entry = domains.contextEntry(unit.root, device.sourceId());
        if (entry != 0 && (memory.read64(entry) & 1) != 0) {
            int old = unit.scalable ? 0 : (int) (memory.read64(entry + 8) >>> 8) & 0xFFFF;
            domains.clear(entry);
            forget(unit, old, device.sourceId());
        }
        SecondStageTree tree = domains.tree();
        Domains.mapReserved(tree, device);
        for (int i = 0; i < FIRST_BUFFERS; i++) {
            Domains.map(tree, FIRST_IOVA - i * PAGE, nextBuffer, PAGE);
            nextBuffer += PAGE;
        }
        domains.enter(unit.root, device.sourceId(), freshDomain(unit), tree);
    }

    private static void forget(Taken unit, int oldDomain, int sourceId) {
        if (unit.scalable) {
            unit.panel.forgetTranslations(true);
        } else {
            unit.panel.submit(InvalidationDescriptor.contextsOfDevice(oldDomain, sourceId, 0), InvalidationDescriptor.translationsOfDomain(oldDomain));
        }
    }

    private static int freshDomain(Taken unit) {
        int domain = 1;
        while (!unit.usedDomains.add(domain)) {
            domain++;
        }
        return domain;
    }

    /** Whether the entry of an interrupt is still there, for those who read tables instead of raising interrupts. */
    boolean interruptEntry(int unit, int index) {
        return (memory.read64(taken.get(unit).panel.interruptTable() + (long) index * Irte.SIZE_BYTES) & 1) != 0;
    }

    /** Requester ids whose entry is a copy. */
    Set<Integer> copied(int unit) {
        return Set.copyOf(taken.get(unit).copied);
    }
}
