package dev.dmarshal.core.fault;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Map;
import java.util.Optional;

/**
 * A line, other than a fault, that bears on remapping or passthrough.
 *
 * @param kind   what it says
 * @param device the device it names, if any (segment 0 where the line leaves it out)
 * @param driver the driver in front of the device, if any
 * @param fields the parts of the line that vary, by the names of the kind's template
 * @param text   the line without its time prefix, at most 512 characters
 * @param time   when
 * @param line   number of the line in its file, from 1
 * @param file   the file, as whoever collects from several has named it; the scanner knows none
 */
public record LogMessage(MessageKind kind, Optional<Sbdf> device, Optional<String> driver, Map<String, String> fields, String text, Optional<LogTime> time,
        long line, Optional<String> file) {

    /** A line of a file that is not known. */
    LogMessage(MessageKind kind, Optional<Sbdf> device, Optional<String> driver, Map<String, String> fields, String text, Optional<LogTime> time, long line) {
        this(kind, device, driver, fields, text, time, line, Optional.empty());
    }

    /** The same line, of this file. */
    public LogMessage in(String name) {
        return new LogMessage(kind, device, driver, fields, text, time, line, Optional.of(name));
    }


    /** Field {@code name} of the line, if it has one. */
    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }
}
