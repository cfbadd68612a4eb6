package dev.dmarshal.core.pci.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What is wrong or not to be believed in one configuration space, as far as it can be told from the space alone. */
public final class ConfigChecks {

    private static final int HOST_BRIDGE = 0x0600;
    private static final int PCI_BRIDGE = 0x0604;
    private static final int BRIDGES = 0x06;

    private final ConfigSpace space;
    private final CapabilityList list;
    private final List<ConfigFinding> findings = new ArrayList<>();

    private ConfigChecks(ConfigSpace space) {
        this.space = space;
        this.list = space.capabilities();
    }

    /** All findings, those of the capability lists included. */
    public static List<ConfigFinding> of(ConfigSpace space) {
        ConfigChecks checks = new ConfigChecks(space);
        if (space.header().answers().filter(yes -> !yes).isPresent()) {
            return List.of(new ConfigFinding("no-answer", 0, "all ones: no function answers here, or it is powered down or lost its link"));
        }
        checks.header();
        checks.bars();
        checks.findings.addAll(checks.list.findings());
        checks.express();
        checks.msix();
        return List.copyOf(checks.findings);
    }

    private void note(String label, int offset, String text) {
        findings.add(new ConfigFinding(label, offset, text));
    }

    private void header() {
        OptionalInt code = space.read(ConfigHeader.HEADER_TYPE, ConfigHeader.LAYOUT);
        Optional<HeaderType> type = space.header().type();
        if (code.isPresent() && type.isEmpty()) {
            note("header-type-unknown", ConfigHeader.HEADER_TYPE.offset(), "header type " + Integer.toHexString(code.getAsInt()) + " is none that is known");
        }
        OptionalInt deviceClass = space.header().classCode();
        if (type.isPresent() && deviceClass.isPresent()) {
            boolean endpoint = type.get() == HeaderType.ENDPOINT;
            int base = deviceClass.getAsInt() >>> 16;
            if (endpoint && deviceClass.getAsInt() >>> 8 == PCI_BRIDGE || !endpoint && base != BRIDGES) {
                note("class-against-header", 0x09, "class " + Integer.toHexString(deviceClass.getAsInt()) + " does not go with header type "
                        + type.get().ordinal() + "; Linux takes the class for wrong");
            }
        }
        space.header().bridge().ifPresent(this::buses);
    }

    private void buses(BridgeHeader bridge) {
        OptionalInt first = bridge.secondary();
        OptionalInt last = bridge.subordinate();
        if (first.isPresent() && last.isPresent() && first.getAsInt() > last.getAsInt()) {
            note("bus-numbers-inverted", BridgeHeader.SECONDARY.offset(), "the first bus below is " + Integer.toHexString(first.getAsInt()) + ", the last "
                    + Integer.toHexString(last.getAsInt()));
        }
        OptionalInt primary = bridge.primary();
        if (first.isPresent() && primary.isPresent() && first.getAsInt() != 0 && first.getAsInt() == primary.getAsInt()) {
            note("bus-below-itself", BridgeHeader.SECONDARY.offset(), "the bus below has the number of the bus above");
        }
    }

    private void bars() {
        Optional<HeaderType> type = space.header().type();
        if (type.isEmpty()) {
            return;
        }
        for (int i = 0; i < type.get().bars(); i++) {
            OptionalLong value = space.read(0x10 + 4 * i, 4);
            if (value.isEmpty() || value.getAsLong() == 0 || value.getAsLong() == 0xffff_ffffL || Bar.IO_SPACE.isSet(value.getAsLong())) {
                continue;
            }
            long kind = Bar.MEMORY_TYPE.get(value.getAsLong());
            if (kind == 3) {
                note("bar-type-reserved", 0x10 + 4 * i, "BAR " + i + " has a reserved type");
            } else if (kind == 2 && ++i >= type.get().bars()) {
                note("bar-without-upper-half", 0x10 + 4 * (i - 1), "BAR " + (i - 1) + " says that it has 64 bits, but there is no register for the upper half");
            }
        }
    }

    private void express() {
        PcieCapability.of(list).ifPresent(pcie -> {
            int at = pcie.at().offset() + PcieRegisters.PCIE_CAP.offset();
            if (pcie.version().isPresent() && pcie.portType().isEmpty()) {
                note("port-type-reserved", at, "the PCI Express port type is a reserved code");
            }
            Optional<PortType> type = pcie.portType();
            boolean bridgeHeader = space.header().bridge().isPresent();
            // Host bridges of Intel servers call themselves root ports, of the link to the chipset, in a header of type 0.
            OptionalInt code = space.header().classCode();
            boolean host = code.isPresent() && code.getAsInt() >>> 8 == HOST_BRIDGE;
            if (!host && type.isPresent() && type.get().isBridge() != bridgeHeader) {
                note("port-type-against-header", at, "port type " + type.get().title() + (bridgeHeader ? " in a bridge's header"
                        : " in a header that is no bridge's"));
            }
        });
    }

    private void msix() {
        MsixCapability.of(list).ifPresent(msix -> {
            OptionalInt bar = msix.tableBar();
            boolean wired = list.first(CapabilityKind.ENHANCED_ALLOCATION).isPresent();
            boolean judged = !wired && space.measured(0, ConfigSpace.HEADER_BYTES) && bar.isPresent();
            if (judged && space.header().bars().stream().noneMatch(there -> there.index() == bar.getAsInt() && there.isMemory())) {
                note("msix-table-nowhere", msix.at().offset() + MsixCapability.TABLE.offset(), "the vector table is in BAR " + bar.getAsInt()
                        + ", which has no address as memory");
            }
        });
    }
}
