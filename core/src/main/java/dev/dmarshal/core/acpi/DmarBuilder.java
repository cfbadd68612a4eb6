package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Atsr;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rhsa;
import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.acpi.DmarStructure.Satc;
import dev.dmarshal.core.acpi.DmarStructure.Scoped;
import dev.dmarshal.core.acpi.DmarStructure.Sidp;
import dev.dmarshal.core.acpi.DmarStructure.Unknown;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes DMAR tables: {@code DmarTable.of(builder.build())} has the same structures. Values that do not fit their fields are refused. */
public final class DmarBuilder {

    private HeaderFields header = HeaderFields.own(DmarTable.SIGNATURE, 1);
    private int hostAddressBits = 39;
    private int flags = 1;
    private final List<DmarStructure> structures = new ArrayList<>();

    /** An empty table: 39 bits of address, interrupt remapping, no structures. */
    public DmarBuilder() {
        // The fields say it all.
    }

    /** Replaces the header's fields. */
    public DmarBuilder header(HeaderFields fields) {
        header = fields;
        return this;
    }

    /** Width of physical addresses for DMA, 1 to 256; 39 if not said. */
    public DmarBuilder hostAddressBits(int bits) {
        hostAddressBits = bits;
        return this;
    }

    /** The table's flags; {@link DmarTable#INTR_REMAP} alone if not said. */
    public DmarBuilder flags(int value) {
        flags = value;
        return this;
    }

    /** Adds a structure behind those before it. */
    public DmarBuilder add(DmarStructure structure) {
        structures.add(structure);
        return this;
    }

    /** The table, with length and checksum. */
    public byte[] build() {
        TableOutput out = new TableOutput(header);
        out.claim(DmarFormat.TABLE_FIXED - TableHeader.SIZE_BYTES);
        out.set(DmarFormat.WIDTH, 0, hostAddressBits - 1L);
        out.set(DmarFormat.FLAGS, 0, flags);
        structures.forEach(structure -> write(out, structure));
        return out.finish();
    }

    private static void write(TableOutput out, DmarStructure structure) {
        int at = out.claim(structure instanceof Unknown ? List.of(DmarFormat.TYPE, DmarFormat.LENGTH) : DmarFormat.structure(structure.type()));
        out.set(DmarFormat.TYPE, at, structure.type());
        switch (structure) {
            case Drhd drhd -> {
                out.set(DmarFormat.FLAGS8, at, drhd.flags());
                out.set(DmarFormat.DRHD_SIZE, at, drhd.size());
                out.set(DmarFormat.DRHD_BASE, at, drhd.base());
            }
            case Rmrr rmrr -> {
                out.set(DmarFormat.RMRR_BASE, at, rmrr.base());
                out.set(DmarFormat.RMRR_LIMIT, at, rmrr.limit());
            }
            case Atsr atsr -> out.set(DmarFormat.FLAGS8, at, atsr.flags());
            case Rhsa rhsa -> {
                out.set(DmarFormat.RHSA_BASE, at, rhsa.base());
                out.set(DmarFormat.RHSA_DOMAIN, at, rhsa.proximityDomain());
            }
            case Andd andd -> {
                out.set(DmarFormat.ANDD_NUMBER, at, andd.deviceNumber());
                out.append(andd.objectName().getBytes(StandardCharsets.ISO_8859_1));
                out.claim(andd.terminated() ? 1 : 0);
            }
            case Satc satc -> out.set(DmarFormat.FLAGS8, at, satc.flags());
            case Sidp sidp -> {
                // Nothing but segment and scopes.
            }
            case Unknown unknown -> out.append(unknown.body().copy(0, unknown.body().length()));
        }
        if (structure instanceof Scoped scoped) {
            out.set(DmarFormat.SEGMENT, at, scoped.segment());
            scoped.scopes().forEach(scope -> write(out, scope));
        }
        out.set(DmarFormat.LENGTH, at, out.length() - at);
    }

    private static void write(TableOutput out, DeviceScope scope) {
        int at = out.claim(DmarFormat.SCOPE);
        out.set(DmarFormat.SCOPE_TYPE, at, scope.type());
        out.set(DmarFormat.SCOPE_LENGTH, at, DmarFormat.SCOPE_FIXED + 2L * scope.path().size());
        out.set(DmarFormat.SCOPE_FLAGS, at, scope.flags());
        out.set(DmarFormat.SCOPE_ENUMERATION, at, scope.enumerationId());
        out.set(DmarFormat.SCOPE_BUS, at, scope.startBus());
        for (DeviceScope.Hop hop : scope.path()) {
            out.append(hop.device());
            out.append(hop.function());
        }
    }
}
