package dev.dmarshal.host.params;

import static dev.dmarshal.host.params.Setting.State.NO;
import static dev.dmarshal.host.params.Setting.State.UNKNOWN;
import static dev.dmarshal.host.params.Setting.State.YES;

import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.host.version.RunningVersion;
import java.util.Optional;

/**
 * What is in force when the command line says nothing, by version and build.
 *
 * @param platform who reads the line
 * @param release the release, if it is known
 * @param inForce the defaults
 */
public record Defaults(Platform platform, Optional<Release> release, InForce inForce) {

    /** CONFIG_IOMMU_DEFAULT_PASSTHROUGH, and VT-d's obedience to it: not in 4.10.17, in 4.19.0 (drivers/iommu/Kconfig, arch/x86/kernel/pci-dma.c). */
    private static final VersionRange PASSTHROUGH_OPTION = VersionRange.parse("4.10<4.19", "-");
    /** CONFIG_IOMMU_DEFAULT_DMA_STRICT and _LAZY: not in 5.10.7, in 5.15.0 (drivers/iommu/Kconfig; lazy is the choice for x86). */
    private static final VersionRange STRICT_OPTION = VersionRange.parse("5.10<5.15", "-");
    /** platform_optin_force_iommu: not in 4.20.0, in 5.4.0 (drivers/iommu/intel/iommu.c). */
    private static final VersionRange PLATFORM_OPT_IN = VersionRange.parse("4.20<5.4", "-");
    private static final Release XEN_ON_BY_DEFAULT = new Release(4, 0, 0);
    private static final Release XEN_INTREMAP = new Release(3, 4, 0);

    /** The defaults of a version, or of any version when it is not known. */
    public static Defaults of(Platform platform, Optional<RunningVersion> version, BuildOptions options) {
        Optional<Release> release = version.map(RunningVersion::release);
        return new Defaults(platform, release, platform == Platform.LINUX ? linux(version, options) : xen(release));
    }

    private static InForce linux(Optional<RunningVersion> version, BuildOptions options) {
        return new InForce(linuxRemapping(version, options), linuxIdentity(version, options), linuxStrict(version, options), linuxInterrupts(options),
                Setting.byDefault(NO, "Units of graphics devices are used unless intel_iommu=igfx_off says otherwise."), linuxAmd(options));
    }

    /** Linux drivers/iommu/amd/init.c amd_iommu_detect: on wherever it was built in and nothing says off. */
    private static Setting linuxAmd(BuildOptions options) {
        return options.isSet("CONFIG_AMD_IOMMU").filter(set -> !set).isPresent()
                ? Setting.byDefault(NO, "This kernel was built without AMD-Vi (CONFIG_AMD_IOMMU).")
                : Setting.byDefault(YES, "AMD-Vi is on by default.");
    }

    /** A vendor kernel may carry a later change back. */
    private static Standing standing(VersionRange range, Optional<RunningVersion> version) {
        Standing mainline = range.standing(version.map(RunningVersion::release));
        boolean backported = version.filter(RunningVersion::backported).isPresent();
        return backported && mainline == Standing.NOT_YET ? Standing.UNSURE : mainline;
    }

    private static Setting linuxRemapping(Optional<RunningVersion> version, BuildOptions options) {
        if (options.isSet("CONFIG_INTEL_IOMMU").equals(Optional.of(false))) {
            return Setting.byDefault(NO, "This kernel was built without VT-d DMA remapping (CONFIG_INTEL_IOMMU).");
        }
        Optional<Boolean> on = options.isSet("CONFIG_INTEL_IOMMU_DEFAULT_ON");
        Standing optIn = standing(PLATFORM_OPT_IN, version);
        String exceptions = " A measured launch (tboot) turns it on all the same"
                + (optIn == Standing.NOT_YET ? "." : ", and on later kernels so does firmware that opts in on machines with external PCI ports.");
        if (on.isEmpty()) {
            return Setting.byDefault(UNKNOWN,
                    "The build decides (CONFIG_INTEL_IOMMU_DEFAULT_ON), and how this kernel was built is not known." + exceptions);
        }
        return on.get() ? Setting.byDefault(YES, "This kernel was built with VT-d on by default (CONFIG_INTEL_IOMMU_DEFAULT_ON).")
                : Setting.byDefault(NO, "This kernel was built with VT-d off by default (CONFIG_INTEL_IOMMU_DEFAULT_ON is not set)." + exceptions);
    }

    private static Setting linuxIdentity(Optional<RunningVersion> version, BuildOptions options) {
        if (standing(PASSTHROUGH_OPTION, version) == Standing.NOT_YET) {
            return Setting.byDefault(NO, "Kernels of this age translate for all host devices unless iommu=pt says otherwise.");
        }
        return options.isSet("CONFIG_IOMMU_DEFAULT_PASSTHROUGH")
                .map(set -> Setting.byDefault(set ? YES : NO, "The build decides: CONFIG_IOMMU_DEFAULT_PASSTHROUGH is " + (set ? "set." : "not set.")))
                .orElse(Setting.byDefault(UNKNOWN, "The build decides (CONFIG_IOMMU_DEFAULT_PASSTHROUGH), and how this kernel was built is not known."));
    }

    private static Setting linuxStrict(Optional<RunningVersion> version, BuildOptions options) {
        if (standing(STRICT_OPTION, version) == Standing.NOT_YET) {
            return Setting.byDefault(NO, "The VT-d driver of this age flushes in batches unless intel_iommu=strict says otherwise.");
        }
        return options.isSet("CONFIG_IOMMU_DEFAULT_DMA_STRICT")
                .map(set -> Setting.byDefault(set ? YES : NO, "The build decides: CONFIG_IOMMU_DEFAULT_DMA_STRICT is " + (set ? "set." : "not set.")))
                .orElse(Setting.byDefault(UNKNOWN, "The build decides (CONFIG_IOMMU_DEFAULT_DMA_STRICT, lazy by default on x86), and that is not known."));
    }

    private static Setting linuxInterrupts(BuildOptions options) {
        return options.isSet("CONFIG_IRQ_REMAP")
                .map(set -> set ? Setting.byDefault(YES, "Interrupt remapping is used by default where the hardware has it, with DMA remapping or without.")
                        : Setting.byDefault(NO, "This kernel was built without interrupt remapping (CONFIG_IRQ_REMAP)."))
                .orElse(Setting.byDefault(UNKNOWN,
                        "It is used by default where the hardware and the build (CONFIG_IRQ_REMAP) have it; the build is not known."));
    }

    private static InForce xen(Optional<Release> release) {
        Setting remapping = release.map(here -> here.atLeast(XEN_ON_BY_DEFAULT) ? Setting.byDefault(YES, "Xen uses the IOMMU by default since 4.0.")
                : Setting.byDefault(NO, "Xen before 4.0 leaves the IOMMU off unless it is asked for."))
                .orElse(Setting.byDefault(UNKNOWN, "On by default since Xen 4.0, off before; the version is not known."));
        Setting interrupts = release.map(here -> here.atLeast(XEN_ON_BY_DEFAULT) ? Setting.byDefault(YES, "Xen remaps interrupts where the hardware can.")
                : here.atLeast(XEN_INTREMAP) ? Setting.byDefault(NO, "In Xen 3.4 interrupt remapping comes with iommu=, which is not given.")
                : Setting.byDefault(UNKNOWN, "No release before 3.4 was read for this."))
                .orElse(Setting.byDefault(UNKNOWN, "The version is not known."));
        return new InForce(remapping, Setting.byDefault(NO, "Xen translates for dom0's devices unless dom0 is given pass-through."),
                Setting.byDefault(UNKNOWN, "Xen has no such switch."), interrupts,
                Setting.byDefault(NO, "Units of graphics devices are used unless iommu=no-igfx says otherwise."), remapping);
    }

    InForce overriddenBy(Switches switches) {
        Setting identity = switches.choose("domain", "pt", inForce.identityByDefault());
        Setting strict = platform == Platform.LINUX ? switches.choose("strict", "yes", inForce.strictInvalidation()) : inForce.strictInvalidation();
        Setting graphics = switches.choose("igfx", "off", inForce.graphicsExcluded());
        return new InForce(remapping(switches), identity, strict, interrupts(switches), graphics, amd(switches));
    }

    private Setting remapping(Switches switches) {
        if (platform == Platform.LINUX) {
            return switches.get("iommu").map(off -> off.setting(NO)).orElseGet(() -> switches.choose("vtd", "on", inForce.dmaRemapping()));
        }
        Optional<Token> oldStyle = askedForInOldXen(switches);
        Setting otherwise = oldStyle.map(token -> new Setting(YES, "Before Xen 4.0 any iommu= switches the IOMMU on.", Optional.of(token)))
                .orElse(inForce.dmaRemapping());
        return switches.choose("iommu", "on", otherwise);
    }

    private Setting amd(Switches switches) {
        return platform == Platform.XEN ? remapping(switches)
                : switches.get("iommu").map(off -> off.setting(NO)).orElseGet(() -> switches.choose("amdvi", "on", inForce.amdRemapping()));
    }

    private Setting interrupts(Switches switches) {
        boolean comesWithIommu = platform == Platform.XEN && release.filter(here -> here.atLeast(XEN_INTREMAP)).isPresent()
                && remapping(switches).state() == YES;
        Setting otherwise = comesWithIommu ? Setting.byDefault(YES, "Xen remaps interrupts where the hardware can.") : inForce.interruptRemapping();
        return switches.choose("intremap", "on", otherwise);
    }

    /** xen/drivers/passthrough/iommu.c parse_iommu_param of 3.3.0-rc7 and 3.4.0-rc3 sets iommu_enabled before it looks at the value. */
    private Optional<Token> askedForInOldXen(Switches switches) {
        if (release.isEmpty() || release.get().atLeast(XEN_ON_BY_DEFAULT)) {
            return Optional.empty();
        }
        return switches.last().values().stream().filter(chosen -> "iommu".equals(chosen.row().name())).map(Switches.Chosen::token).findFirst();
    }
}
