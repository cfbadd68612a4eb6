package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which controller has the keyboard: {@code /proc/bus/input/devices} (drivers/input/input.c). A keyboard is what the {@code sysrq} handler attached to:
 * it takes only devices with a left Alt key (drivers/tty/sysrq.c), which power buttons do not have.
 */
final class InputHolders {

    private static final String FILE = "/proc/bus/input/devices";

    private record Keyboard(String name, String place, List<Sbdf> owners) {
    }

    private final HostRoot host;
    private final HolderLedger ledger;

    InputHolders(HostRoot host, HolderLedger ledger) {
        this.host = host;
        this.ledger = ledger;
    }

    void read() {
        Reading<String> text = host.text(FILE);
        if (text.present().isEmpty()) {
            ledger.unseen(HolderArea.INPUT, text.trouble().orElse(FILE + " is not there"));
            return;
        }
        List<Keyboard> keyboards = keyboards(text.present().get());
        Set<Set<Sbdf>> places = new HashSet<>();
        keyboards.forEach(keyboard -> places.add(new LinkedHashSet<>(keyboard.owners())));
        boolean single = places.size() == 1;
        for (Keyboard keyboard : keyboards) {
            ledger.add(keyboard.owners(), single ? HolderKind.ONLY_KEYBOARD : HolderKind.KEYBOARD, (single ? "the only keyboard: " : "keyboard ")
                    + keyboard.name(), FILE);
        }
    }

    private static List<Keyboard> keyboards(String text) {
        List<Keyboard> keyboards = new ArrayList<>();
        for (String block : text.split("\n\n")) {
            String name = "";
            String place = "";
            boolean sysrq = false;
            for (String line : block.split("\n")) {
                if (line.startsWith("N: Name=")) {
                    name = line.substring("N: Name=".length());
                } else if (line.startsWith("S: Sysfs=")) {
                    place = line.substring("S: Sysfs=".length());
                } else if (line.startsWith("H: Handlers=")) {
                    sysrq = (" " + line.substring("H: Handlers=".length()) + " ").contains(" sysrq ");
                }
            }
            if (sysrq) {
                keyboards.add(new Keyboard(name, place, PciPath.owners(place)));
            }
        }
        return keyboards;
    }
}
