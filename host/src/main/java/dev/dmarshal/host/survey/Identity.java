package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.SmallCapabilities;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;

/**
 * What stays the same of a function when buses are numbered anew: the way to it from its root bus, and what it is.
 *
 * @param path   segment and root bus, then device and function of each bridge and of the function: {@code 0000:00/1c.0/00.0}; only the root bus's number
 *               is in it, and that is the host bridge's own
 * @param ids    {@code vvvv:dddd}, and {@code /vvvv:dddd} of the board if known; empty if not measured
 * @param serial Device Serial Number capability, 16 digits
 * @param slot   label of the physical slot
 */
public record Identity(Optional<String> path, Optional<String> ids, Optional<String> serial, Optional<String> slot) {

    static Identity of(FunctionFacts facts) {
        Optional<String> path = facts.place().map(bridges -> path(bridges, facts.address()));
        Optional<String> ids = facts.made().ids().map(pair -> pair + facts.made().subsystemIds().map(board -> "/" + board).orElse(""));
        return new Identity(path, ids, facts.config().flatMap(Identity::serial), facts.slot());
    }

    private static String path(List<Sbdf> bridges, Sbdf function) {
        Sbdf first = bridges.isEmpty() ? function : bridges.getFirst();
        String root = first.toString();
        StringJoiner path = new StringJoiner("/");
        path.add(root.substring(0, root.lastIndexOf(':')));
        for (Sbdf bridge : bridges) {
            path.add(step(bridge));
        }
        return path.add(step(function)).toString();
    }

    /** {@code 1c.0}; below a VMD the segment changes on the way, which the VMD's own place already tells. */
    private static String step(Sbdf address) {
        String text = address.toString();
        return text.substring(text.lastIndexOf(':') + 1);
    }

    private static Optional<String> serial(ConfigSpace space) {
        if (space.end() <= ConfigSpace.CONVENTIONAL_BYTES) {
            return Optional.empty();
        }
        return space.capabilities().first(CapabilityKind.SERIAL_NUMBER).flatMap(at -> {
            OptionalLong low = at.read(SmallCapabilities.SERIAL_LOW);
            OptionalLong high = at.read(SmallCapabilities.SERIAL_HIGH);
            return low.isPresent() && high.isPresent() ? Optional.of(HexFormat.of().toHexDigits((int) high.getAsLong())
                    + HexFormat.of().toHexDigits((int) low.getAsLong())) : Optional.empty();
        });
    }
}
