package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.UnitSnapshot;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.ArrayList;
import java.util.List;

/**
 * The hardware as the crashed kernel left it: memory with its tables, and units that are on. The state is taken once; every {@link #copy} starts from it, so
 * that one crash has several futures.
 */
final class CrashedHost {

    /** Tables lie above all memory that devices of a scene reach, so that nothing a device does changes a table. */
    private static final long OLD_TABLES = 0x3000_0000_0000L;
    /** Where the crash kernel's tables go. */
    static final long NEW_TABLES = 0x3400_0000_0000L;
    private static final long MEMORY_BYTES = 0x4000_0000_0000L;
    private static final int MOST_INTERRUPT_PAGES = 256;
    /** Vectors that the crashed kernel gave out begin here. */
    static final int FIRST_VECTOR = 0x30;

    private final CrashScene scene;
    private final UnitCapabilities capabilities;
    private final SparseMemory memory;
    private final List<RemappingUnit> units;
    private final int domains;

    private CrashedHost(CrashScene scene, UnitCapabilities capabilities, SparseMemory memory, List<RemappingUnit> units, int domains) {
        this.scene = scene;
        this.capabilities = capabilities;
        this.memory = memory;
        this.units = units;
        this.domains = domains;
    }

    /** Builds the crashed kernel's tables and switches its units on. */
    static CrashedHost of(CrashScene scene) {
        UnitCapabilities.Builder unit = UnitCapabilities.builder().withExtended(ExtendedCapability.PASS_THROUGH, ExtendedCapability.INTERRUPT_REMAPPING);
        if (scene.scalable() || scene.crashScalable()) {
            unit.withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE, ExtendedCapability.FIRST_STAGE,
                    ExtendedCapability.RID_PASID);
        }
        UnitCapabilities capabilities = unit.build();
        SparseMemory memory = new SparseMemory(MEMORY_BYTES);
        TableBuilder tables = new TableBuilder(memory, OLD_TABLES);
        List<RemappingUnit> units = new ArrayList<>();
        int domain = 0;
        for (int number = 0; number < scene.units(); number++) {
            RemappingUnit one = RemappingUnit.of(capabilities, memory);
            units.add(one);
            UnitPanel panel = new UnitPanel(one, memory);
            panel.queue(tables.page());
            long root = tables.page();
            long interrupts = tables.pages(MOST_INTERRUPT_PAGES);
            for (BusyDevice device : scene.devices()) {
                if (device.unit() == number) {
                    enter(new Domains(memory, tables, scene.scalable()), root, device, ++domain);
                    interrupts(memory, interrupts, device);
                }
            }
            panel.interruptTable(interrupts, scene.interruptSize());
            panel.interruptRemapping(true);
            panel.root(root, scene.scalable());
            panel.translation(true);
        }
        return new CrashedHost(scene, capabilities, memory, units, domain);
    }

    private static void enter(Domains domains, long root, BusyDevice device, int domain) {
        if (device.passThrough()) {
            domains.enterPassThrough(root, device.sourceId(), domain);
            return;
        }
        SecondStageTree tree = domains.tree();
        Domains.mapReserved(tree, device);
        for (BusyDevice.Buffer buffer : device.buffers()) {
            if (device.reserved().stream().noneMatch(span -> span.contains(buffer.iova()))) {
                Domains.map(tree, buffer.iova(), buffer.physical(), buffer.bytes());
            }
        }
        domains.enter(root, device.sourceId(), domain, tree);
    }

    private static void interrupts(SparseMemory memory, long table, BusyDevice device) {
        for (int i = 0; i < device.interrupts().size(); i++) {
            Irte entry = Irte.xapic(FIRST_VECTOR + i, 0).from(1, 0, device.sourceId());
            long at = table + (long) device.interrupts().get(i) * Irte.SIZE_BYTES;
            memory.write64(at + 8, entry.high());
            memory.write64(at, entry.low());
        }
    }

    /** Another machine in just this state. */
    CrashedHost copy() {
        SparseMemory same = new SparseMemory(MEMORY_BYTES);
        for (long page : memory.pageAddresses()) {
            for (long at = page; at < page + 4096; at += 8) {
                same.write64(at, memory.read64(at));
            }
        }
        List<RemappingUnit> copies = new ArrayList<>();
        for (RemappingUnit unit : units) {
            UnitSnapshot state = unit.snapshot();
            RemappingUnit copy = RemappingUnit.of(capabilities, same);
            copy.restore(state);
            copies.add(copy);
        }
        return new CrashedHost(scene, capabilities, same, copies, domains);
    }

    SparseMemory memory() {
        return memory;
    }

    RemappingUnit unit(int number) {
        return units.get(number);
    }

    /** The highest domain-id in use. */
    int domains() {
        return domains;
    }
}
