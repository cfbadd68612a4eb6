package dev.dmarshal.core.tables;

import dev.dmarshal.core.pci.SourceId;
import java.util.Optional;

/**
 * Something about tables that people should know.
 *
 * @param label  stable name; {@code findings.txt} has its texts
 * @param device whose requests it concerns, if one's
 * @param detail what was seen where: the evidence
 */
public record TableFinding(String label, Optional<SourceId> device, String detail) {

    /** A finding about one device. */
    public static TableFinding of(String label, SourceId device, String detail) {
        return new TableFinding(label, Optional.of(device), detail);
    }

    /** A finding about a unit. */
    public static TableFinding of(String label, String detail) {
        return new TableFinding(label, Optional.empty(), detail);
    }
}
