package dev.dmarshal.bench.pci;

import dev.dmarshal.core.pci.config.Bar;
import dev.dmarshal.core.pci.config.BridgeWindow;
import dev.dmarshal.core.pci.config.CardBusHeader;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.ExpansionRom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The lines about addresses in lspci's header part, as they should be: label to text. */
final class HeaderTerms {

    private final ConfigSpace space;
    private final Map<String, String> lines = new TreeMap<>();

    private HeaderTerms(ConfigSpace space) {
        this.space = space;
    }

    /** All such lines of a function. */
    static Map<String, String> of(ConfigSpace space) {
        HeaderTerms terms = new HeaderTerms(space);
        space.header().bars().forEach(terms::region);
        ExpansionRom.of(space).ifPresent(terms::rom);
        space.header().bridge().ifPresent(bridge -> {
            terms.window("I/O behind bridge", bridge.ioWindow());
            terms.window("Memory behind bridge", bridge.memoryWindow());
            terms.window("Prefetchable memory behind bridge", bridge.prefetchableWindow());
        });
        space.header().cardBus().ifPresent(terms::cardBus);
        return terms.lines;
    }

    static String hex(long value, int digits) {
        String text = Long.toHexString(value);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    private boolean command(dev.dmarshal.core.memory.BitField field) {
        return space.isSet(ConfigHeader.COMMAND, field).orElse(false);
    }

    private void region(Bar bar) {
        String label = "Region " + bar.index();
        if (!bar.isMemory()) {
            boolean on = command(ConfigHeader.IO_ENABLE);
            lines.put(label, "I/O ports at " + (bar.address() != 0 || on ? hex(bar.address(), 4) : "<unassigned>") + (on ? "" : " [disabled]"));
            return;
        }
        String type = switch (bar.kind()) {
            case MEMORY_32 -> "32-bit";
            case MEMORY_LOW -> "low-1M";
            case MEMORY_64 -> "64-bit";
            default -> "type 3";
        };
        lines.put(label, "Memory at " + (bar.address() != 0 ? hex(bar.address(), 8) : "<unassigned>") + " (" + type + ", " + (bar.prefetchable() ? "" : "non-")
                + "prefetchable)" + (command(ConfigHeader.MEMORY_ENABLE) ? "" : " [disabled]"));
    }

    private void rom(ExpansionRom rom) {
        lines.put("Expansion ROM", (rom.address() != 0 ? hex(rom.address(), 8) : "<unassigned>")
                + (!rom.enabled() ? " [disabled]" : command(ConfigHeader.MEMORY_ENABLE) ? "" : " [disabled by cmd]"));
    }

    private void window(String label, Optional<BridgeWindow> window) {
        window.ifPresent(found -> {
            int digits = found.widthBits() / 4;
            // lspci adds the last bytes to a limit without regard to the width of a 32-bit window
            lines.put(label, hex(found.base(), digits) + "-" + hex(found.limit(), digits) + (found.open() ? size(found.limit() - found.base() + 1)
                    : " [disabled]") + " [" + found.widthBits() + "-bit]");
        });
    }

    private static String size(long bytes) {
        long value = bytes;
        int unit = 0;
        while (unit < 4 && value != 0 && value % 1024 == 0) {
            value /= 1024;
            unit++;
        }
        return value == 0 ? "" : " [size=" + (int) value + List.of("", "K", "M", "G", "T").get(unit) + "]";
    }

    private void cardBus(CardBusHeader bridge) {
        List<BridgeWindow> windows = bridge.windows();
        for (int i = 0; i < windows.size(); i++) {
            BridgeWindow window = windows.get(i);
            boolean memory = window.kind() != BridgeWindow.Kind.IO;
            boolean on = command(memory ? ConfigHeader.MEMORY_ENABLE : ConfigHeader.IO_ENABLE);
            lines.put((memory ? "Memory" : "I/O") + " window " + i % 2, hex(window.base(), 8) + "-" + hex(window.limit(), 8) + (on ? "" : " [disabled]")
                    + (window.kind() == BridgeWindow.Kind.PREFETCHABLE ? " (prefetchable)" : ""));
        }
    }
}
