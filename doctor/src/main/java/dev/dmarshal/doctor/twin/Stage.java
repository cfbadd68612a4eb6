package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.unit.RemappedInterrupt;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.vtd.CommandFields;
import dev.dmarshal.core.vtd.FaultFields;
import dev.dmarshal.core.vtd.InterruptMessage;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.RegisterName;
import dev.dmarshal.core.vtd.TableBuilder;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/** Makes the tables of a {@link Scene} in memory, programs a {@link RemappingUnit} with them as a kernel does, and plays acts. */
public final class Stage {

    /** Where tables lie; devices of a case reach no further, since what they reach is not looked at. */
    private static final long TABLES = 0x10_0000_0000L;
    private static final long TABLE_BYTES = 1L << 34;
    /** IRTA.S: 2^(S + 1) entries; Linux makes 65,536 (INTR_REMAP_TABLE_REG_SIZE, drivers/iommu/intel/iommu.h). */
    private static final int INTERRUPT_TABLE_SIZE = 0xF;
    private static final int INTERRUPT_TABLE_PAGES = 256;
    private static final int VECTOR = 0x40;
    private static final long PAGE_MASK = -0x1000L;

    private final SparseMemory memory = new SparseMemory(TABLES + TABLE_BYTES);
    private final TableBuilder tables = new TableBuilder(memory, TABLES);
    private final RemappingUnit unit;

    private Stage(Scene scene, List<Act> acts) {
        UnitCapabilities capabilities = scene.capabilities();
        unit = RemappingUnit.of(capabilities, memory);
        long root = tables.page();
        EntryMaker entries = new EntryMaker(memory, tables, capabilities, scene.mode(), pages(acts));
        for (Map.Entry<Integer, Attachment> one : scene.attachments().entrySet()) {
            entries.attach(root, one.getKey(), one.getValue());
        }
        program(scene, root, interruptTable(scene));
    }

    /** Plays acts against a scene, each on its own: the fault registers are cleared in between, the caches are not. */
    public static List<Played> play(Scene scene, List<Act> acts) {
        Stage stage = new Stage(scene, acts);
        List<Played> played = new ArrayList<>();
        for (Act act : acts) {
            played.add(stage.play(act));
        }
        return played;
    }

    private static SortedSet<Long> pages(List<Act> acts) {
        SortedSet<Long> pages = new TreeSet<>();
        for (Act act : acts) {
            switch (act) {
                case Act.Dma dma -> pages.add(dma.address() & PAGE_MASK);
                case Act.TranslatedDma dma -> pages.add(dma.address() & PAGE_MASK);
                case Act.Interrupt _, Act.OldInterrupt _ -> {
                    // Interrupts do not go through page tables.
                }
            }
        }
        return pages;
    }

    private Played play(Act act) {
        boolean passed;
        OptionalLong reaches = OptionalLong.empty();
        switch (act) {
            case Act.Dma dma -> {
                Translation out = request(dma.sourceId(), dma.address(), dma.write() ? Request.WRITE : Request.READ);
                passed = out.outcome() != Translation.Outcome.BLOCKED;
                if (out.outcome() == Translation.Outcome.INTERRUPT) {
                    RemappedInterrupt interrupt = new RemappedInterrupt();
                    unit.remap(dma.sourceId(), dma.address() & ~3L, 0, interrupt);
                    passed = interrupt.fault().isEmpty();
                } else if (passed) {
                    reaches = OptionalLong.of(out.address());
                }
            }
            case Act.TranslatedDma dma -> {
                Translation out = request(dma.sourceId(), dma.address(), (dma.write() ? Request.WRITE : Request.READ) | Request.TRANSLATED);
                passed = out.outcome() != Translation.Outcome.BLOCKED;
                reaches = passed ? OptionalLong.of(out.address()) : OptionalLong.empty();
            }
            case Act.Interrupt interrupt -> passed = remap(interrupt.sourceId(), InterruptMessage.remappable(interrupt.index()));
            case Act.OldInterrupt interrupt -> passed = remap(interrupt.sourceId(), InterruptMessage.compatible(VECTOR, 0));
        }
        int fsts = (int) unit.read(RegisterName.FSTS);
        int record = unit.layout().find(RegisterName.FRCD_LOW).orElseThrow().offset() + 16 * (int) FaultFields.Fsts.FRI.get(fsts);
        Played played = new Played(act, passed, reaches, fsts, unit.read64(record), unit.read64(record + 8));
        unit.write64(record + 8, FaultFields.FrcdHigh.F.mask());
        unit.write(RegisterName.FSTS, FaultFields.Fsts.PFO.mask());
        return played;
    }

    private Translation request(int sourceId, long address, int flags) {
        Translation out = new Translation();
        unit.translate(sourceId, address, flags, 0, out);
        return out;
    }

    private boolean remap(int sourceId, InterruptMessage message) {
        RemappedInterrupt out = new RemappedInterrupt();
        unit.remap(sourceId, message.address(), message.value(), out);
        return out.fault().isEmpty();
    }

    private long interruptTable(Scene scene) {
        long table = tables.pages(INTERRUPT_TABLE_PAGES);
        scene.interrupts().forEach((index, slot) -> {
            Irte entry = Irte.xapic(VECTOR, 0).from(1, 0, slot.sourceId());
            memory.write64(table + (long) index * Irte.SIZE_BYTES + 8, entry.high());
            memory.write64(table + (long) index * Irte.SIZE_BYTES, entry.low());
        });
        return table;
    }

    /** The order of init_dmars and intel_enable_irq_remapping: pointer, command to take it, enable. */
    private void program(Scene scene, long root, long interrupts) {
        unit.write(RegisterName.RTADDR, EntryMaker.rootAddress(scene, root));
        command(CommandFields.Gcmd.SRTP.mask());
        if (scene.translating()) {
            command(CommandFields.Gcmd.TE.mask());
        }
        if (scene.remapping()) {
            unit.write(RegisterName.IRTA, interrupts | INTERRUPT_TABLE_SIZE);
            command(CommandFields.Gcmd.SIRTP.mask());
            command(CommandFields.Gcmd.IRE.mask());
        }
    }

    /** One command beside the enables that are on already (section 11.4.4.1: the register is written whole). */
    private void command(long bit) {
        long on = unit.read(RegisterName.GSTS) & (CommandFields.Gcmd.TE.mask() | CommandFields.Gcmd.IRE.mask() | CommandFields.Gcmd.QIE.mask());
        unit.write(RegisterName.GCMD, on | bit);
    }
}
