package dev.dmarshal.cli;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.machine.Machine;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The kdump formats that the QEMU at hand can write; Debian's is built without LZO and Snappy in some releases. */
final class DumpFormats {

    private DumpFormats() {
    }

    static List<String> of(Machine machine) throws LabFailure {
        String capability = machine.qmp().execute("query-dump-guest-memory-capability", Map.of());
        return Stream.of("kdump-zlib", "kdump-lzo", "kdump-snappy").filter(capability::contains).toList();
    }
}
