package dev.dmarshal.host.survey;

import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.iommu.Answer;
import dev.dmarshal.host.iommu.HostCheck;
import dev.dmarshal.host.iommu.IommuStanding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads {@link RemappingFacts}. */
final class RemappingReader {

    private static final String GROUPS = "/sys/kernel/iommu_groups";
    private static final String UNITS = "/sys/class/iommu";
    private static final String TABLE = "/sys/firmware/acpi/tables/DMAR";
    /** What Xen makes of the table's name so that dom0 does not take the units for its own (xen/drivers/passthrough/vtd/dmar.c, acpi_dmar_zap). */
    private static final String ZAPPED = "/sys/firmware/acpi/tables/RMAD";
    private static final String INTERRUPTS = "/proc/interrupts";
    private static final String UNSAFE = "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";

    private final HostRoot host;

    RemappingReader(HostRoot host) {
        this.host = host;
    }

    RemappingFacts read() {
        boolean xen = xen();
        List<String> names = host.list(UNITS).present().orElse(List.of());
        List<UnitFacts> units = names.stream().filter(name -> name.startsWith("dmar")).map(this::unit).toList();
        boolean amd = names.stream().anyMatch(name -> name.startsWith("ivhd"));
        return new RemappingFacts(translating(xen), interrupts(units, xen), unsafe(), table(), units, amd, physicalBits(), xen);
    }

    /** dom0: Xen's own file says {@code control_d} (drivers/xen/xenfs/super.c). */
    private boolean xen() {
        return host.text("/proc/xen/capabilities").present().orElse("").contains("control_d")
                || host.text("/sys/hypervisor/type").present().orElse("").strip().equals("xen") && host.has("/sys/bus/pci/drivers/pciback");
    }

    /** The folder is there even where no IOMMU is on: what counts is what is in it, and groups of VFIO's own without an IOMMU do not. */
    private Evidenced<Boolean> translating(boolean xen) {
        if (xen) {
            return Evidenced.unmeasured("dom0 cannot see what Xen does with the IOMMU; xl dmesg can");
        }
        Reading<List<String>> groups = host.list(GROUPS);
        if (groups.present().isEmpty()) {
            return groups.trouble().isPresent() ? Evidenced.unmeasured(groups.trouble().get())
                    : Evidenced.of(false, GROUPS + " is not there: this kernel was built without IOMMU support");
        }
        List<String> real = groups.present().get().stream().filter(group -> !fake(group)).toList();
        if (!real.isEmpty()) {
            return Evidenced.of(true, GROUPS);
        }
        boolean known = groups.present().get().isEmpty() ? host.whole(GROUPS) : true;
        return known ? Evidenced.of(false, GROUPS + " has no groups") : Evidenced.unmeasured(GROUPS + ": what is in it was not recorded");
    }

    private boolean fake(String group) {
        return host.text(GROUPS + "/" + group + "/name").present().orElse("").strip().equals("vfio-noiommu");
    }

    /** Chips of remapped interrupts have names that begin with {@code IR-} (Linux arch/x86/kernel/apic, drivers/iommu/intel/irq_remapping.c). */
    private Evidenced<Boolean> interrupts(List<UnitFacts> units, boolean xen) {
        Reading<String> text = host.text(INTERRUPTS);
        if (text.present().filter(lines -> lines.contains(" IR-")).isPresent()) {
            return Evidenced.of(true, INTERRUPTS);
        }
        if (text.present().filter(lines -> lines.contains("PCI-MSI") || lines.contains("IO-APIC")).isPresent() && !xen) {
            return Evidenced.of(false, INTERRUPTS);
        }
        if (!units.isEmpty() && units.stream().allMatch(unit -> unit.remapsInterrupts().filter(can -> !can).isPresent())) {
            return Evidenced.of(false, UNITS + "/" + units.getFirst().name() + "/intel-iommu/ecap");
        }
        return text.present().isPresent() || xen ? Evidenced.unmeasured(INTERRUPTS + " does not say") : byTheLog(text);
    }

    /** What the kernel said of it when it started. */
    private Evidenced<Boolean> byTheLog(Reading<String> text) {
        HostCheck said = IommuStanding.of(host).interrupts();
        return said.answer() == Answer.UNMEASURED ? Evidenced.unmeasured(text.trouble().orElse(INTERRUPTS + " is not there"))
                : Evidenced.of(said.answer() == Answer.PASS, String.join(", ", said.evidence()));
    }

    private Evidenced<Boolean> unsafe() {
        Reading<String> text = host.text(UNSAFE);
        if (text.present().isPresent()) {
            return Evidenced.of(text.present().get().strip().equals("Y"), UNSAFE);
        }
        return text.trouble().isPresent() ? Evidenced.unmeasured(text.trouble().get()) : Evidenced.of(false, UNSAFE + ": the module is not loaded");
    }

    private Reading<DmarTable> table() {
        Reading<byte[]> bytes = host.bytes(TABLE);
        if (bytes.present().isEmpty() && host.has(ZAPPED)) {
            bytes = host.bytes(ZAPPED).map(RemappingReader::restored);
        }
        Optional<DmarTable> table = bytes.present().flatMap(DmarTable::of);
        if (bytes.present().isPresent() && table.isEmpty()) {
            return new Reading.Malformed<>(bytes.path(), "it is no DMAR table");
        }
        return bytes.map(read -> table.orElseThrow());
    }

    /** The signature's letters are the same in another order, so the checksum stays right. */
    private static byte[] restored(byte[] table) {
        byte[] restored = table.clone();
        byte[] signature = DmarTable.SIGNATURE.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(signature, 0, restored, 0, Math.min(signature.length, restored.length));
        return restored;
    }

    private UnitFacts unit(String name) {
        String folder = UNITS + "/" + name + "/intel-iommu/";
        return new UnitFacts(name, hex(folder + "address"), hex(folder + "cap"), hex(folder + "ecap"));
    }

    private OptionalLong hex(String path) {
        String text = host.text(path).present().orElse("").strip();
        if (text.isEmpty() || text.length() > 16 || text.chars().anyMatch(digit -> Character.digit(digit, 16) < 0)) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseUnsignedLong(text, 16));
    }

    /** {@code address sizes   : 46 bits physical, 48 bits virtual}. */
    private OptionalInt physicalBits() {
        Optional<String> line = host.text("/proc/cpuinfo").present().flatMap(text -> text.lines().filter(at -> at.startsWith("address sizes")).findFirst());
        List<String> words = new ArrayList<>(List.of(line.map(at -> at.substring(at.indexOf(':') + 1).strip()).orElse("").split(" ")));
        return words.size() > 2 && words.get(2).startsWith("physical") && words.getFirst().matches("[0-9]{2}")
                ? OptionalInt.of(Integer.parseInt(words.getFirst())) : OptionalInt.empty();
    }
}
