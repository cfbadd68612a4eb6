package dev.dmarshal.doctor.cause;

import dev.dmarshal.doctor.cause.fault.DefectiveChipset;
import dev.dmarshal.doctor.cause.fault.DeviceTlb;
import dev.dmarshal.doctor.cause.fault.DmaAddresses;
import dev.dmarshal.doctor.cause.fault.DmaBuffers;
import dev.dmarshal.doctor.cause.fault.DmaPermissions;
import dev.dmarshal.doctor.cause.fault.EarlierKernel;
import dev.dmarshal.doctor.cause.fault.EmulatedUnit;
import dev.dmarshal.doctor.cause.fault.HiddenFunction;
import dev.dmarshal.doctor.cause.fault.InterruptFaults;
import dev.dmarshal.doctor.cause.fault.InterruptSetup;
import dev.dmarshal.doctor.cause.fault.KdumpHandover;
import dev.dmarshal.doctor.cause.fault.KernelDefects;
import dev.dmarshal.doctor.cause.fault.LeftRunning;
import dev.dmarshal.doctor.cause.fault.MalformedTables;
import dev.dmarshal.doctor.cause.fault.Regressions;
import dev.dmarshal.doctor.cause.fault.RequesterAlias;
import dev.dmarshal.doctor.cause.fault.ReservedRegions;
import dev.dmarshal.doctor.cause.fault.Unexplained;
import dev.dmarshal.doctor.cause.fault.UntranslatedAddress;
import dev.dmarshal.doctor.cause.fault.UserPages;
import dev.dmarshal.doctor.cause.passthrough.Bindings;
import dev.dmarshal.doctor.cause.passthrough.Groups;
import dev.dmarshal.doctor.cause.passthrough.Hardware;
import dev.dmarshal.doctor.cause.passthrough.Holders;
import dev.dmarshal.doctor.cause.passthrough.HotPlug;
import dev.dmarshal.doctor.cause.passthrough.Mappings;
import dev.dmarshal.doctor.cause.passthrough.Resets;
import dev.dmarshal.doctor.cause.setup.FirmwareTables;
import dev.dmarshal.doctor.cause.setup.KdumpReadiness;
import dev.dmarshal.doctor.cause.setup.Parameters;
import dev.dmarshal.doctor.cause.setup.Prerequisites;
import dev.dmarshal.doctor.cause.setup.RemappingOff;
import dev.dmarshal.doctor.cause.setup.XenSetup;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The causes, from the special to the general: among findings of equal severity and confidence this order decides. */
public final class Causes {

    private static final List<Cause> KNOWN = List.of(new KdumpHandover(), new Regressions(), new KernelDefects(), new LeftRunning(), new ReservedRegions(),
            new EmulatedUnit(), new UserPages(), new HiddenFunction(), new RequesterAlias(), new InterruptSetup(), new MalformedTables(),
            new DmaPermissions(), new DmaAddresses(), new Hardware(), new DeviceTlb(), new FirmwareTables(), new UntranslatedAddress(), new Groups(),
            new Holders(), new Bindings(), new HotPlug(), new RemappingOff(), new Resets(), new Mappings(), new XenSetup(), new KdumpReadiness(),
            new Parameters(), new Prerequisites(), new Noise());
    /** Asked about the faults that no known cause explains. */
    private static final List<Cause> GENERAL = List.of(new InterruptFaults(), new EarlierKernel(), new DefectiveChipset(), new DmaBuffers());
    private static final List<Cause> LAST = List.of(new Unexplained());
    private static final List<Cause> TOLD = List.of(new Told());
    /** Labels of the causes whose words are not in {@code causes.txt}. */
    private static final List<String> OTHER_LABELS = List.of("kdump-handover", "requester-alias", "interrupt-compatibility-format",
            "interrupt-source-rejected", "interrupt-entry-invalid", "dmar-address-zero", "dmar-all-ones", "ioapic-not-in-scope", "rmrr-not-reserved",
            "dmar-unparseable", "dmar-firmware-bug", "driver-bypasses-dma-api", "parameter-misspelt", "parameter-ignored", "parameter-breaks-passthrough",
            "parameter-lowers-protection", "rmrr-not-reserved-xen", "device-model-without-passthrough", "kdump-driver", "kdump-no-memory",
            "kdump-kernel-too-old", "vtd-on");

    private Causes() {
    }

    /** The causes that see something specific. */
    public static List<Cause> known() {
        return KNOWN;
    }

    /** The causes to ask in turn about what is left, the last of which only describes it. */
    public static List<List<Cause>> forTheRest() {
        return List.of(GENERAL, LAST);
    }

    /** The causes whose claims count only where no other has made one of the same label. */
    public static List<Cause> unlessSaid() {
        return TOLD;
    }

    /** Every label that a finding can have. */
    public static Set<String> labels() {
        Set<String> labels = new TreeSet<>(Narratives.labels());
        labels.addAll(OTHER_LABELS);
        return labels;
    }

    /** Label of the finding that only describes what no cause explains. */
    public static String unexplained() {
        return "dma-unexplained";
    }
}
