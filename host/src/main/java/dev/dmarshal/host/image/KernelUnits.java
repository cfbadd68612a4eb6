package dev.dmarshal.host.image;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.Zone;
import dev.dmarshal.core.vtd.QueueFields.Irta;
import dev.dmarshal.core.vtd.CommandFields.Rtaddr;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a kernel's own variables say of the remapping units that it drives: the list {@code dmar_drhd_units}, found by the kernel's symbol table and read by its
 * type descriptions. Needs a VMCOREINFO that says where the symbol table is (Linux 6.0 and later) and BTF in the kernel.
 *
 * <p>Source: Linux {@code include/linux/dmar.h} struct dmar_drhd_unit; {@code drivers/iommu/intel/iommu.h} struct intel_iommu, struct ir_table, sm_supported.
 *
 * @param kernel the kernel
 * @param units  its units, in the order of its list; empty if it drives none or cannot be read
 * @param text   its code, from {@code _stext} to {@code _etext}; empty if its symbols cannot be read
 * @param takenOver whether it found translation switched on when it started: it is a crash kernel, or was started by kexec
 */
public record KernelUnits(KernelNote kernel, List<UnitTables> units, Optional<Zone> text, boolean takenOver) {
    private static final String LIST = "dmar_drhd_units";
    private static final String SCALABLE = "intel_iommu_sm";
    private static final Set<String> SYMBOLS = Set.of(LIST, SCALABLE, "__start_BTF", "__stop_BTF", "_stext", "_etext");
    private static final String UNIT = "intel_iommu";
    private static final int MOST_TYPE_BYTES = 64 << 20;
    private static final int MOST_UNITS = 1024;
    private static final int NAME_BYTES = 13;
    /** Linux gives every table 65,536 entries (INTR_REMAP_TABLE_REG_SIZE). */
    private static final int TABLE_SIZE_CODE = 0xF;
    /** VTD_FLAG_TRANS_PRE_ENABLED. */
    private static final long FOUND_ON = 1;

    /** Copies the list. */
    public KernelUnits {
        units = List.copyOf(units);
    }

    /** Reads the variables of a kernel. */
    public static KernelUnits of(MemoryImage image, KernelNote kernel) {
        Optional<KernelMemory> memory = KernelMemory.of(image, kernel);
        Map<String, Long> symbols = memory.map(found -> KernelSymbols.find(found, kernel, SYMBOLS)).orElse(Map.of());
        Optional<Zone> text = text(memory, symbols, kernel);
        if (!symbols.containsKey(LIST)) {
            return new KernelUnits(kernel, List.of(), text, false);
        }
        Optional<BtfTypes> types = types(memory.get(), symbols);
        return types.map(found -> new Reader(memory.get(), found, symbols, kernel).read(text)).orElse(new KernelUnits(kernel, List.of(), text, false));
    }

    private static Optional<Zone> text(Optional<KernelMemory> memory, Map<String, Long> symbols, KernelNote kernel) {
        if (!symbols.containsKey("_stext") || !symbols.containsKey("_etext")) {
            return Optional.empty();
        }
        OptionalLong first = memory.get().physical(symbols.get("_stext"));
        long length = symbols.get("_etext") - symbols.get("_stext");
        return first.isEmpty() || length <= 0 || length > 1L << 30 ? Optional.empty()
                : Optional.of(new Zone("code of kernel " + kernel.release(), first.getAsLong(), first.getAsLong() + length - 1, "reaches-kernel-text"));
    }

    private static Optional<BtfTypes> types(KernelMemory memory, Map<String, Long> symbols) {
        long length = symbols.getOrDefault("__stop_BTF", 0L) - symbols.getOrDefault("__start_BTF", 0L);
        if (length <= 0 || length > MOST_TYPE_BYTES) {
            return Optional.empty();
        }
        return memory.bytes(symbols.get("__start_BTF"), (int) length).map(bytes -> BtfTypes.read(bytes, Set.of("dmar_drhd_unit", UNIT, "ir_table")));
    }

    /** Follows the list; whatever is not where it should be ends it, and what was read stays. */
    private record Reader(KernelMemory memory, BtfTypes types, Map<String, Long> symbols, KernelNote kernel) {

        private KernelUnits read(Optional<Zone> text) {
            List<UnitTables> units = new ArrayList<>();
            boolean taken = false;
            long head = symbols.get(LIST);
            OptionalLong next = memory.read64(head);
            for (int i = 0; i < MOST_UNITS && next.isPresent() && next.getAsLong() != head; i++) {
                long drhd = next.getAsLong() - types.offset("dmar_drhd_unit", "list").orElse(0);
                OptionalLong unit = member(drhd, "dmar_drhd_unit", "iommu");
                if (unit.isPresent() && unit.getAsLong() != 0) {
                    unit(unit.getAsLong()).ifPresent(units::add);
                    taken |= (number(unit.getAsLong() + types.offset(UNIT, "flags").orElse(0)) & FOUND_ON) != 0 && types.offset(UNIT, "flags").isPresent();
                }
                next = memory.read64(next.getAsLong());
            }
            return new KernelUnits(kernel, units, text, taken);
        }

        private Optional<UnitTables> unit(long at) {
            OptionalLong cap = member(at, UNIT, "cap");
            OptionalLong ecap = member(at, UNIT, "ecap");
            if (cap.isEmpty() || ecap.isEmpty() || types.offset(UNIT, "name").isEmpty()) {
                return Optional.empty();
            }
            String name = memory.text(at + types.offset(UNIT, "name").getAsInt(), NAME_BYTES).orElse("");
            OptionalLong root = physical(member(at, UNIT, "root_entry"));
            OptionalLong table = member(at, UNIT, "ir_table");
            OptionalLong interrupts = table.isEmpty() || table.getAsLong() == 0 ? OptionalLong.empty()
                    : physical(member(table.getAsLong(), "ir_table", "base"));
            OptionalLong rootRegister = root.isEmpty() ? root
                    : OptionalLong.of(Rtaddr.TTM.set(root.getAsLong(), scalable(ecap.getAsLong()) ? UnitTables.SCALABLE : 0));
            OptionalLong interruptRegister = interrupts.isEmpty() ? interrupts : OptionalLong.of(Irta.S.set(interrupts.getAsLong(), TABLE_SIZE_CODE));
            String origin = "variables of kernel " + kernel.release();
            return name.matches("dmar\\d+") ? Optional.of(new UnitTables(name, rootRegister, interruptRegister,
                    new UnitCapabilities(cap.getAsLong(), ecap.getAsLong(), 52), true, origin, Confidence.TOLD)) : Optional.empty();
        }

        /** As sm_supported has it. */
        private boolean scalable(long ecap) {
            return symbols.containsKey(SCALABLE) && number(symbols.get(SCALABLE)) != 0 && ExtendedCapability.SCALABLE_MODE.isSet(ecap);
        }

        /** The 32-bit number at an address, 0 if it is not there. */
        private long number(long virtual) {
            return memory.bytes(virtual, 4).map(bytes -> Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt())).orElse(0L);
        }

        private OptionalLong physical(OptionalLong virtual) {
            return virtual.isEmpty() || virtual.getAsLong() == 0 ? OptionalLong.empty() : memory.physical(virtual.getAsLong());
        }

        private OptionalLong member(long structure, String type, String name) {
            return types.offset(type, name).isEmpty() ? OptionalLong.empty() : memory.read64(structure + types.offset(type, name).getAsInt() & -8L);
        }
    }
}
