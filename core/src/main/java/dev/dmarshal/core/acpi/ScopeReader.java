package dev.dmarshal.core.acpi;

import static dev.dmarshal.core.acpi.DmarFormat.SCOPE_FIXED;

import dev.dmarshal.core.acpi.DeviceScope.Hop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the device scopes at the end of a structure. Stops at the first whose length cannot be right; what it skipped is in the findings. */
final class ScopeReader {

    private ScopeReader() {
    }

    static List<Placed<DeviceScope>> read(TableBytes table, int from, int end, List<TableFinding> findings) {
        List<Placed<DeviceScope>> scopes = new ArrayList<>();
        int at = from;
        while (at < end) {
            if (end - at < SCOPE_FIXED) {
                findings.add(new TableFinding("dmar-scope-cut", at, Map.of("bytes", Integer.toString(end - at))));
                return scopes;
            }
            int length = DmarFormat.SCOPE_LENGTH.getInt(table, at);
            String fault = fault(length, end - at);
            if (!fault.isEmpty()) {
                findings.add(new TableFinding(fault, at, Map.of("length", Integer.toString(length), "room", Integer.toString(end - at))));
                return scopes;
            }
            DeviceScope scope = scope(table, at, length);
            if (scope.path().isEmpty() || (length - SCOPE_FIXED) % 2 != 0) {
                findings.add(new TableFinding("dmar-scope-path-odd", at, Map.of("length", Integer.toString(length))));
            } else if (scope.kind() == DeviceScope.Kind.UNKNOWN) {
                findings.add(new TableFinding("dmar-scope-type-unknown", at, Map.of("type", Integer.toString(scope.type()))));
            } else if (!scope.path().stream().allMatch(Hop::valid)) {
                findings.add(new TableFinding("dmar-scope-path-impossible", at, Map.of("path", scope.pathText())));
            }
            scopes.add(new Placed<>(at, length, scope));
            at += length;
        }
        return scopes;
    }

    private static String fault(int length, int room) {
        if (length == 0) {
            return "dmar-scope-length-zero";
        }
        return length < SCOPE_FIXED ? "dmar-scope-length-small" : length > room ? "dmar-scope-past-end" : "";
    }

    private static DeviceScope scope(TableBytes table, int at, int length) {
        List<Hop> path = new ArrayList<>();
        for (int hop = at + SCOPE_FIXED; hop + 2 <= at + length; hop += 2) {
            path.add(new Hop(table.u8(hop), table.u8(hop + 1)));
        }
        return new DeviceScope(DmarFormat.SCOPE_TYPE.getInt(table, at), DmarFormat.SCOPE_FLAGS.getInt(table, at),
                DmarFormat.SCOPE_ENUMERATION.getInt(table, at), DmarFormat.SCOPE_BUS.getInt(table, at), path);
    }
}
