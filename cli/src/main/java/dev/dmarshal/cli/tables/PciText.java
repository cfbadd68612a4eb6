package dev.dmarshal.cli.tables;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.Bar;
import dev.dmarshal.core.pci.config.BridgeHeader;
import dev.dmarshal.core.pci.config.BridgeWindow;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.CapabilityList;
import dev.dmarshal.core.pci.config.ConfigChecks;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigRegister;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.EnhancedAllocationCapability;
import dev.dmarshal.core.pci.config.ExpansionRom;
import dev.dmarshal.core.pci.config.MsiCapability;
import dev.dmarshal.core.pci.config.MsixCapability;
import dev.dmarshal.core.pci.config.PciCapability;
import dev.dmarshal.core.pci.config.PcieCapability;
import dev.dmarshal.core.pci.config.PowerManagementCapability;
import dev.dmarshal.core.pci.config.ResetMethod;
import dev.dmarshal.core.pci.config.ResizableBarCapability;
import dev.dmarshal.core.pci.config.Resources;
import dev.dmarshal.core.pci.config.SmallCapabilities;
import dev.dmarshal.core.pci.config.SriovCapability;
import dev.dmarshal.core.pci.config.TranslationCapabilities;
import dev.dmarshal.host.names.PciNames;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Configuration spaces as text for people. */
public final class PciText {

    private static final String UNKNOWN = "not measured";

    private final Page page;
    private final PciNames names;
    private final boolean serial;
    private boolean first = true;

    PciText(Page page, PciNames names, boolean serial) {
        this.page = page;
        this.names = names;
        this.serial = serial;
    }

    void print(PrintWriter out) {
        page.print(out);
    }

    void write(PciDump.Source source) {
        source.dumps().forEach(dump -> function(source.name(), dump));
    }

    private void function(String source, PciDump dump) {
        if (!first) {
            page.blank();
        }
        first = false;
        ConfigSpace space = dump.space();
        CapabilityList list = space.capabilities();
        page.heading(dump.address().map(Object::toString).orElse(source) + " " + title(space.header()));
        if (space.header().answers().orElse(true)) {
            identity(dump, list);
            bars(dump, list);
            space.header().bridge().ifPresent(this::bridge);
            resets(list);
            interrupts(space, list);
            isolation(list);
            translation(list);
            virtualFunctions(list, dump.resources());
            others(list);
            if (!list.complete()) {
                row("missing", space.measuredBytes() < ConfigSpace.EXTENDED_BYTES ? "only " + space.end() + " bytes were dumped, so capabilities may be there"
                        + " that are not shown; dump again as root with lspci -xxxx" : "a list of capabilities could not be followed to its end");
            }
        }
        ConfigChecks.of(space).forEach(finding -> row("finding", "[" + finding.label() + "] at " + Integer.toHexString(finding.offset()) + ": "
                + finding.text()));
    }

    private void row(String label, String words) {
        page.labelled(2, label, words);
    }

    private String title(ConfigHeader header) {
        if (!header.answers().orElse(true)) {
            return "no function answers";
        }
        int code = header.classCode().orElse(-1);
        String what = code < 0 ? "class " + UNKNOWN : names.deviceClass(code).orElse("class") + " [" + hex(code >>> 8, 4) + "]";
        if (header.vendorId().isEmpty() || header.deviceId().isEmpty()) {
            return what;
        }
        int vendor = header.vendorId().getAsInt();
        int device = header.deviceId().getAsInt();
        String name = names.vendor(vendor).map(text -> text + " ").orElse("") + names.device(vendor, device).map(text -> text + " ").orElse("");
        return what + ": " + name + "[" + hex(vendor, 4) + ":" + hex(device, 4) + "]" + (header.revision().orElse(0) == 0 ? "" : " rev "
                + hex(header.revision().getAsInt(), 2));
    }

    private void identity(PciDump dump, CapabilityList list) {
        ConfigHeader header = dump.space().header();
        Optional<PcieCapability> pcie = PcieCapability.of(list);
        String type = pcie.map(express -> "PCI Express " + express.portType().map(port -> port.title()).orElse("port of a reserved type")
                + (express.slot().orElse(false) ? ", with a slot" : "")).orElse(list.standardComplete() ? "conventional PCI, or inside the root complex"
                        : "PCI Express capability " + UNKNOWN);
        row("type", type + ", header " + header.type().map(layout -> layout.name().toLowerCase(java.util.Locale.ROOT)).orElse("of unknown type")
                + (header.multifunction().orElse(false) ? ", more functions in the slot possible" : ""));
        if (header.subsystemVendor().isPresent() && header.subsystemId().isPresent()) {
            int vendor = header.subsystemVendor().getAsInt();
            int id = header.subsystemId().getAsInt();
            String name = names.subsystem(header.vendorId().orElse(0), header.deviceId().orElse(0), vendor, id).map(text -> " " + text).orElse("");
            row("subsystem", names.vendor(vendor).map(text -> text + name + " ").orElse("") + "[" + hex(vendor, 4) + ":" + hex(id, 4) + "]");
        }
        dump.driver().ifPresent(driver -> row("driver", driver));
        if (dump.group().isPresent()) {
            row("group", "IOMMU group " + dump.group().getAsInt());
        }
        OptionalLong command = dump.space().read(ConfigHeader.COMMAND);
        row("command", command.isEmpty() ? UNKNOWN : "I/O " + onOff(ConfigHeader.IO_ENABLE, command) + ", memory " + onOff(ConfigHeader.MEMORY_ENABLE, command)
                + ", bus master " + onOff(ConfigHeader.BUS_MASTER, command));
        PowerManagementCapability.of(list).filter(power -> power.state().isPresent()).ifPresent(power -> row("power", power.state().getAsInt() < 3
                ? "D" + power.state().getAsInt() : "D3hot when it was dumped: what it says here may not hold when it is awake"));
    }

    private static String onOff(BitField field, OptionalLong word) {
        return field.isSet(word.getAsLong()) ? "on" : "off";
    }

    private void bars(PciDump dump, CapabilityList list) {
        for (Bar bar : dump.space().header().bars()) {
            String kind = switch (bar.kind()) {
                case IO -> "I/O ports";
                case MEMORY_32 -> "memory, 32-bit";
                case MEMORY_64 -> "memory, 64-bit";
                case MEMORY_LOW -> "memory below 1 MiB";
                case RESERVED -> "memory of a reserved type";
            };
            row("BAR " + bar.index(), kind + (bar.prefetchable() ? ", prefetchable" : "") + (bar.address() == 0 ? ", without an address"
                    : " at " + Long.toHexString(bar.address())) + size(dump.resources().size(bar)));
        }
        ExpansionRom.of(dump.space()).ifPresent(rom -> row("ROM", (rom.address() == 0 ? "without an address" : "at " + Long.toHexString(rom.address()))
                + (rom.enabled() ? "" : ", off") + size(dump.resources().size(Resources.ROM))));
        for (PciCapability at : list.every(CapabilityKind.ENHANCED_ALLOCATION)) {
            new EnhancedAllocationCapability(at).entries().forEach(entry -> row("wired", entry.stands() + " at " + Long.toHexString(entry.base()) + ", "
                    + bytes(entry.maxOffset() + 1) + (entry.enabled() ? "" : ", off")));
        }
        for (PciCapability at : list.every(CapabilityKind.RESIZABLE_BAR)) {
            new ResizableBarCapability(at).entries().forEach(entry -> row("BAR " + entry.bar(), "can be resized; " + bytes(1L << 20
                    + Math.min(43, entry.power()))
                    + " now, largest " + bytes(1L << 20 + Math.max(0, 63 - Long.numberOfLeadingZeros(entry.supported())))));
        }
    }

    private static String size(OptionalLong size) {
        return size.isPresent() ? ", " + bytes(size.getAsLong()) + (size.getAsLong() < 4096 ? " (less than a page)" : "") : "";
    }

    /** The largest unit without a remainder. */
    static String bytes(long size) {
        int unit = Math.min(6, Long.numberOfTrailingZeros(size) / 10);
        return (size >>> 10 * unit) + " " + List.of("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB").get(unit);
    }

    private void bridge(BridgeHeader bridge) {
        row("buses", "on bus " + bus(bridge.primary()) + ", below it " + bus(bridge.secondary()) + " to " + bus(bridge.subordinate()));
        List<String> windows = new ArrayList<>();
        bridge.ioWindow().filter(BridgeWindow::open).ifPresent(window -> windows.add("I/O " + range(window)));
        bridge.memoryWindow().filter(BridgeWindow::open).ifPresent(window -> windows.add("memory " + range(window)));
        bridge.prefetchableWindow().filter(BridgeWindow::open).ifPresent(window -> windows.add("prefetchable " + range(window)));
        row("windows", windows.isEmpty() ? "none open" : String.join(", ", windows));
    }

    private static String bus(OptionalInt bus) {
        return bus.isPresent() ? hex(bus.getAsInt(), 2) : "?";
    }

    private static String range(BridgeWindow window) {
        return Long.toHexString(window.base()) + "-" + Long.toHexString(window.limit());
    }

    private void resets(CapabilityList list) {
        List<String> yes = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (ResetMethod method : ResetMethod.values()) {
            Optional<Boolean> there = method.of(list);
            if (there.isEmpty()) {
                unknown.add(method.label());
            } else if (there.get()) {
                yes.add(method.label() + " (" + method.title() + ")");
            }
        }
        String proven = yes.isEmpty() ? "none that the function proves by itself; the bus above or the kernel's own methods may have one"
                : String.join(", ", yes);
        row("reset", unknown.isEmpty() ? proven : (yes.isEmpty() ? "" : proven + "; ") + UNKNOWN + ": " + String.join(", ", unknown));
    }

    private void interrupts(ConfigSpace space, CapabilityList list) {
        List<String> kinds = new ArrayList<>();
        OptionalInt pin = space.header().interruptPin();
        if (pin.isPresent() && pin.getAsInt() >= 1 && pin.getAsInt() <= 4) {
            kinds.add("INT" + (char) ('A' + pin.getAsInt() - 1));
        }
        MsiCapability.of(list).ifPresent(msi -> kinds.add("MSI, " + count(msi.vectors()) + state(msi.enabled())));
        MsixCapability.of(list).ifPresent(msix -> kinds.add("MSI-X, " + count(msix.vectors()) + state(msix.enabled()) + ", table in BAR "
                + (msix.tableBar().isPresent() ? msix.tableBar().getAsInt() + " at " + Long.toHexString(msix.tableOffset().orElse(0)) : "?")));
        row("interrupt", kinds.isEmpty() ? "none" : String.join("; ", kinds));
    }

    private static String count(OptionalInt vectors) {
        return vectors.isPresent() ? vectors.getAsInt() + (vectors.getAsInt() == 1 ? " vector" : " vectors") : "vectors " + UNKNOWN;
    }

    private static String state(Optional<Boolean> enabled) {
        return enabled.map(on -> on ? ", on" : ", off").orElse("");
    }

    private void isolation(CapabilityList list) {
        AcsCapability.of(list).ifPresent(acs -> row("ACS", "can " + flags(acs.at(), AcsCapability.ACS_CAP) + "; on: "
                + flags(acs.at(), AcsCapability.ACS_CTL)));
        list.first(CapabilityKind.ALTERNATIVE_ROUTING_ID).ifPresent(at -> row("ARI", "next function "
                + number(at.read(SmallCapabilities.ARI_CAP, SmallCapabilities.NEXT_FUNCTION))));
    }

    private static String flags(PciCapability at, ConfigRegister register) {
        OptionalLong word = at.read(register);
        if (word.isEmpty()) {
            return UNKNOWN;
        }
        List<String> set = register.fields().stream().filter(field -> field.width() == 1 && field.isSet(word.getAsLong())).map(BitField::name).toList();
        return set.isEmpty() ? "nothing" : String.join(" ", set);
    }

    private static String number(OptionalInt value) {
        return value.isPresent() ? Integer.toString(value.getAsInt()) : UNKNOWN;
    }

    private void translation(CapabilityList list) {
        list.first(CapabilityKind.ADDRESS_TRANSLATION).ifPresent(at -> row("ATS", "the device can keep translations itself"
                + state(at.isSet(TranslationCapabilities.ATS_CTL, TranslationCapabilities.ATS_ENABLE))));
        list.first(CapabilityKind.PAGE_REQUEST).ifPresent(at -> row("PRI", "the device can ask for pages"
                + state(at.isSet(TranslationCapabilities.PRI_CTL, TranslationCapabilities.ENABLE))));
        list.first(CapabilityKind.PASID).ifPresent(at -> row("PASID", "up to " + number(at.read(TranslationCapabilities.PASID_CAP,
                TranslationCapabilities.PASID_WIDTH)) + " bits" + state(at.isSet(TranslationCapabilities.PASID_CTL, TranslationCapabilities.ENABLE))));
    }

    private void virtualFunctions(CapabilityList list, Resources resources) {
        SriovCapability.of(list).ifPresent(iov -> {
            row("SR-IOV", number(iov.liveFunctions()) + " virtual functions live of " + number(iov.totalFunctions()) + "; the first at requester id +"
                    + number(at(iov, SriovCapability.OFFSET)) + ", each next at +" + number(at(iov, SriovCapability.STRIDE)));
            iov.bars().forEach(bar -> row("VF BAR " + bar.index(), "memory at " + Long.toHexString(bar.address())
                    + size(resources.size(Resources.VIRTUAL_FUNCTIONS + bar.index()))));
        });
    }

    private static OptionalInt at(SriovCapability iov, ConfigRegister register) {
        OptionalLong value = iov.at().read(register);
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    private void others(CapabilityList list) {
        List<String> all = list.all().stream().map(at -> hex(at.offset(), at.extended() ? 3 : 2) + " "
                + at.kind().map(CapabilityKind::title).orElse("id " + Integer.toHexString(at.id()))).toList();
        row("has", all.isEmpty() ? list.standardComplete() ? "no capabilities" : "capabilities " + UNKNOWN : String.join(", ", all));
        list.first(CapabilityKind.SERIAL_NUMBER).ifPresent(at -> row("serial", !serial ? "masked; --serial shows it"
                : at.read(ConfigRegister.of("serial", 4, 8)).isPresent() ? hex64(at.read(ConfigRegister.of("serial", 4, 8)).getAsLong()) : UNKNOWN));
    }

    private static String hex64(long value) {
        String text = Long.toHexString(value);
        return "0".repeat(16 - text.length()) + text;
    }

    private static String hex(int value, int digits) {
        String text = Integer.toHexString(value);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}
