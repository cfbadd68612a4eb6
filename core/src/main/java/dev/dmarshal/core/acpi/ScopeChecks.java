package dev.dmarshal.core.acpi;

import static dev.dmarshal.core.acpi.Findings.hex;

import dev.dmarshal.core.acpi.DeviceScope.Kind;
import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Scoped;
import dev.dmarshal.core.acpi.ScopeResolver.NoBridge;
import dev.dmarshal.core.acpi.ScopeResolver.Resolved;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Judges device scopes: named twice, not declared, not there, or of another kind than the table says. */
final class ScopeChecks {

    /** Base class of bridges. Linux takes a bridge scope for a device of this class with a plain header: NTB (dmar_insert_dev_scope). */
    private static final int CLASS_BRIDGE = 0x06;

    private final DmarTable table;
    private final MachineView machine;
    private final Findings findings;
    private final Map<String, Long> owners = new HashMap<>();
    private final Set<Integer> named = new HashSet<>();

    ScopeChecks(DmarTable table, MachineView machine, Findings findings) {
        this.table = table;
        this.machine = machine;
        this.findings = findings;
    }

    void run() {
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Scoped scoped) {
                for (DeviceScope scope : scoped.scopes()) {
                    scope(placed.offset(), scoped, scope);
                }
            }
        }
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Andd andd && !named.contains(andd.deviceNumber())) {
                findings.add("dmar-andd-not-used", placed.offset(), "number", andd.deviceNumber(), "name", andd.objectName());
            }
        }
    }

    private void scope(int offset, Scoped scoped, DeviceScope scope) {
        if (scope.kind() == Kind.NAMESPACE) {
            named.add(scope.enumerationId());
            if (table.namespaceDevice(scope.enumerationId()).isEmpty()) {
                findings.add("dmar-scope-not-declared", offset, "number", scope.enumerationId(), "path", scope.pathText());
            }
        }
        if (scoped instanceof Drhd unit) {
            String who = scope.kind() + " " + unit.segment() + " " + scope.pathText() + (scope.kind() == Kind.IOAPIC || scope.kind() == Kind.HPET ? " "
                    + scope.enumerationId() : "");
            Long owner = owners.putIfAbsent(who, unit.base());
            if (owner != null) {
                findings.add("dmar-scope-twice", offset, "path", scope.pathText(), "base", hex(unit.base()), "other", hex(owner));
            }
        }
        if (machine.functions().isPresent() && (scope.kind() == Kind.ENDPOINT || scope.kind() == Kind.BRIDGE)) {
            presence(offset, scoped, scope);
        }
    }

    /** I/O APICs and HPETs need not show in configuration space: their paths are requester ids. */
    private void presence(int offset, Scoped scoped, DeviceScope scope) {
        switch (machine.resolver().resolve(scoped.segment(), scope)) {
            case Resolved resolved -> machine.function(resolved.function()).ifPresentOrElse(function -> {
                boolean bridgeClass = function.bridge() || function.classCode() >>> 16 == CLASS_BRIDGE;
                if (scope.kind() == Kind.ENDPOINT ? function.bridge() : !bridgeClass) {
                    findings.add("dmar-scope-kind-wrong", offset, "device", function.address(), "structure", scoped.name(), "kind", scope.kind().words());
                }
            }, () -> findings.add("dmar-scope-absent", offset, "device", resolved.function(), "structure", scoped.name(), "path", scope.pathText()));
            case NoBridge noBridge -> findings.add("dmar-scope-no-bridge", offset, "device", noBridge.bridge(), "structure", scoped.name(), "path", scope
                    .pathText());
            case ScopeResolver.Impossible impossible -> {
                // The reader said so already.
            }
        }
    }
}
