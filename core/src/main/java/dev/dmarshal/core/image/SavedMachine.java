package dev.dmarshal.core.image;

import dev.dmarshal.core.memory.MemoryImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A memory image that was opened: its memory, and what its headers say beside it.
 *
 * @param format     name of the format, for people
 * @param memory     the memory
 * @param coreInfo   the kernel's VMCOREINFO note: lines of key=value, as text; empty if the image has none
 * @param registers  CR3 of each processor that the image has, as QEMU's notes give it
 * @param findings   what is wrong with the file
 */
public record SavedMachine(String format, MemoryImage memory, Optional<String> coreInfo, List<Long> registers, List<ImageFinding> findings) {

    /** Copies the lists. */
    public SavedMachine {
        registers = List.copyOf(registers);
        findings = List.copyOf(findings);
    }

    /** The VMCOREINFO lines as a map; lines that are not key=value are left out, of equal keys the first counts. */
    public Map<String, String> coreInfoValues() {
        Map<String, String> values = new java.util.LinkedHashMap<>();
        coreInfo.ifPresent(text -> text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
            }
        }));
        return values;
    }
}
