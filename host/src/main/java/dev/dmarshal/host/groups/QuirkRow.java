package dev.dmarshal.host.groups;

import dev.dmarshal.host.params.VersionRange;
import java.util.List;
import java.util.Optional;

/**
 * One row of {@code quirks.txt}.
 *
 * @param effect   what it does
 * @param vendor   vendor id
 * @param devices  device ids; empty for all of the vendor
 * @param releases kernels that have it
 * @param detail   what the effect needs to know, empty for nothing
 * @param source   where it stands in the kernel
 */
record QuirkRow(Effect effect, int vendor, List<Span> devices, VersionRange releases, Optional<String> detail, String source) {

    /** What a row does; the words are explained at the top of the table. */
    enum Effect {
        ISOLATED, ISOLATED_ROOT_PORT, ISOLATED_PORT, ISOLATED_INTEGRATED, NOT_ISOLATED, NOT_ISOLATED_PORT, PCH, DWORD_ACS, AMD_SOUTHBRIDGE,
        ALIAS_FUNCTION, ALIAS, ALIAS_UNMEASURED, BRIDGE_TAKES_OVER, BRIDGE_PASSES_ON, TRANSLATION_ROOT;

        boolean aboutRequesterIds() {
            return ordinal() >= ALIAS_FUNCTION.ordinal();
        }
    }

    /** Device ids from first to last. */
    record Span(int first, int last) {
    }

    QuirkRow {
        devices = List.copyOf(devices);
    }

    boolean matches(int device) {
        for (Span span : devices) {
            if (device >= span.first && device <= span.last) {
                return true;
            }
        }
        return devices.isEmpty();
    }
}
