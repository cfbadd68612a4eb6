package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.iommu.Answer;
import dev.dmarshal.host.iommu.HostCheck;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import dev.dmarshal.host.survey.UnitFacts;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether a host can write a dump when it crashes with VT-d on.
 *
 * @param checks each with its three answers
 */
public record Readiness(List<HostCheck> checks) {

    private static final long MIB = 1 << 20;
    /** What a crash kernel with an initramfs needs at the very least; Red Hat's smallest default (crashkernel=1G-4G:192M of RHEL 9) is above it. */
    private static final long LEAST_BYTES = 128 * MIB;
    private static final Release HAND_OVER = new Release(4, 2, 0);
    private static final Release BITMAP = new Release(6, 0, 0);

    /** Keeps its own copy. */
    public Readiness {
        checks = List.copyOf(checks);
    }

    /** Whether any check has this answer. */
    public boolean any(Answer answer) {
        return checks.stream().anyMatch(check -> check.answer() == answer);
    }

    /** Looks at a host. */
    public static Readiness of(HostRoot host) {
        HostSurvey survey = Surveyor.survey(host, Optional.empty());
        List<HostCheck> checks = new ArrayList<>();
        checks.add(asked(host));
        checks.add(reserved(host));
        checks.add(loaded(host));
        Optional<DumpTool> tool = DumpTool.of(host);
        checks.add(tool.map(Readiness::configured).orElseGet(() -> host.has("/etc") && host.whole("/etc")
                ? fail("dump-tool", "No dump tool is configured: neither kdump-tools nor kexec-tools nor kdump.", "/etc")
                : unmeasured("dump-tool", "No configuration of a dump tool is seen.", "/etc/default/kdump-tools", "/etc/sysconfig/kdump")));
        checks.add(remapping(survey));
        checks.add(version(survey, host));
        checks.add(scalable(survey, host));
        checks.add(interrupts(survey));
        tool.ifPresent(one -> commandLine(host, one, survey, checks));
        devices(survey, checks);
        return new Readiness(checks);
    }

    static HostCheck pass(String label, String says, String... evidence) {
        return new HostCheck(label, Answer.PASS, says, List.of(evidence));
    }

    static HostCheck fail(String label, String says, String... evidence) {
        return new HostCheck(label, Answer.FAIL, says, List.of(evidence));
    }

    static HostCheck unmeasured(String label, String says, String... evidence) {
        return new HostCheck(label, Answer.UNMEASURED, says, List.of(evidence));
    }

    private static HostCheck asked(HostRoot host) {
        Reading<String> line = host.text("/proc/cmdline");
        if (line.present().isEmpty()) {
            return unmeasured("crashkernel-parameter", "The running kernel's command line cannot be read.", line.path());
        }
        Optional<String> word = List.of(line.present().get().strip().split("\\s+")).stream().filter(one -> one.startsWith("crashkernel=")).findFirst();
        return word.map(one -> pass("crashkernel-parameter", one + " is on the command line.", line.path()))
                .orElseGet(() -> fail("crashkernel-parameter", "crashkernel= is not on the command line: no memory is set aside, so there will be no dump.",
                        line.path()));
    }

    private static HostCheck reserved(HostRoot host) {
        String path = "/sys/kernel/kexec_crash_size";
        Optional<Long> bytes = host.text(path).present().map(String::strip).filter(text -> text.matches("[0-9]{1,18}")).map(Long::parseLong);
        if (bytes.isEmpty()) {
            return unmeasured("crashkernel-memory", "How much memory is set aside cannot be read.", path);
        }
        String size = bytes.get() / MIB + " MiB are set aside for the crash kernel";
        if (bytes.get() == 0) {
            return fail("crashkernel-memory", "No memory is set aside for a crash kernel.", path);
        }
        return bytes.get() < LEAST_BYTES ? fail("crashkernel-memory", size + ": too little. Each remapping unit alone takes an interrupt table of 1 MiB"
                + " and copies of the context tables; RHEL 9 sets 192 MiB or more aside.", path) : pass("crashkernel-memory", size + ".", path);
    }

    private static HostCheck loaded(HostRoot host) {
        String path = "/sys/kernel/kexec_crash_loaded";
        Optional<String> text = host.text(path).present().map(String::strip);
        return text.isEmpty() ? unmeasured("crash-kernel-loaded", "Whether a crash kernel is loaded cannot be read.", path)
                : text.get().equals("1") ? pass("crash-kernel-loaded", "A crash kernel is loaded.", path)
                : fail("crash-kernel-loaded", "No crash kernel is loaded.", path);
    }

    private static HostCheck configured(DumpTool tool) {
        return tool.enabled().isPresent() && !tool.enabled().get() ? fail("dump-tool", tool.name() + " is switched off.", tool.path())
                : pass("dump-tool", tool.name() + " is configured.", tool.path());
    }

    private static HostCheck remapping(HostSurvey survey) {
        return survey.remapping().translating().value().map(on -> pass("translation", on ? "DMA is remapped: a crash kernel has to take the units over."
                : "DMA is not remapped: there is nothing to take over.", survey.remapping().translating().evidence()))
                .orElseGet(() -> unmeasured("translation", "Whether DMA is remapped is not known.", survey.remapping().translating().evidence()));
    }

    private static boolean off(HostSurvey survey) {
        return survey.remapping().translating().is(false);
    }

    private static HostCheck version(HostSurvey survey, HostRoot host) {
        String path = "/proc/sys/kernel/osrelease";
        Optional<KernelVersion> kernel = survey.kernel();
        if (kernel.isEmpty()) {
            return unmeasured("kernel-hand-over", "The kernel's version is not known.", path);
        }
        String named = "Linux " + kernel.get().text();
        if (kernel.get().release().atLeast(HAND_OVER) || off(survey)) {
            return pass("kernel-hand-over", named + (off(survey) ? ": nothing to take over." : " takes over units that are on (since 4.2)."), path);
        }
        return kernel.get().backported() ? unmeasured("kernel-hand-over", named + " is older than 4.2, but its vendor carries changes back; only a test dump"
                + " tells whether it takes over units that are on.", path) : fail("kernel-hand-over", named + " does not take over units that are on (that"
                        + " came in 4.2): devices at work fault or write to the wrong place while the dump is made.", path);
    }

    /** Two defects show only in scalable mode: the mark in RID_PASID before 6.0, and buses whose devices all lie from 10.0 on. */
    private static HostCheck scalable(HostSurvey survey, HostRoot host) {
        List<UnitFacts> units = survey.remapping().units();
        if (off(survey)) {
            return pass("scalable-mode-copy", "Nothing to take over.");
        }
        boolean known = !units.isEmpty() && units.stream().allMatch(unit -> unit.ecap().isPresent());
        boolean able = known && units.stream().anyMatch(unit -> ExtendedCapability.SCALABLE_MODE.isSet(unit.ecap().getAsLong()));
        String line = host.text("/proc/cmdline").present().orElse("");
        if (known && !able || line.contains("sm_off")) {
            return pass("scalable-mode-copy", "Units are in legacy mode, whose tables are copied whole.", "/sys/class/iommu");
        }
        if (!known || !line.contains("sm_on")) {
            return unmeasured("scalable-mode-copy", known ? "The units can do scalable mode; whether they are in it is not known." : "What the units can do"
                    + " is not known.", "/sys/class/iommu");
        }
        if (survey.kernel().filter(kernel -> !kernel.release().atLeast(BITMAP) && !kernel.backported()).isPresent()) {
            return fail("scalable-mode-copy", "Before Linux 6.0 the copy marks its entries in a bit that scalable mode uses (commit 0c5f6c0d8201): every device"
                    + " faults after the hand-over.", "sm_on");
        }
        List<String> upper = upperOnly(survey.functions());
        return upper.isEmpty() ? pass("scalable-mode-copy", "No bus has devices from 10.0 on only, which the copy would misplace.", "sm_on")
                : fail("scalable-mode-copy", "All devices of a bus lie from 10.0 on, and the copy puts their table in the wrong place (in all versions until a"
                        + " fix posted in 2026): " + String.join(", ", upper) + " fault with reason 39h after the hand-over.", "sm_on");
    }

    private static List<String> upperOnly(Collection<FunctionFacts> functions) {
        return functions.stream().collect(Collectors.groupingBy(function -> function.address().segment() << 8 | function.address().bus(), TreeMap::new,
                Collectors.toList())).values().stream().filter(bus -> bus.stream().allMatch(function -> function.address().device() >= 0x10))
                .flatMap(List::stream).map(function -> function.address().toString()).toList();
    }

    private static HostCheck interrupts(HostSurvey survey) {
        return survey.remapping().interrupts().value().map(on -> pass("interrupt-remapping", on ? "Interrupts are remapped: the crash kernel copies the table."
                : "Interrupts are not remapped.", survey.remapping().interrupts().evidence()))
                .orElseGet(() -> unmeasured("interrupt-remapping", "Whether interrupts are remapped is not known.", survey.remapping().interrupts()
                .evidence()));
    }

    private static void commandLine(HostRoot host, DumpTool tool, HostSurvey survey, List<HostCheck> checks) {
        Optional<CrashCommandLine> line = CrashCommandLine.of(host.text("/proc/cmdline").present(), tool);
        if (line.isEmpty()) {
            checks.add(unmeasured("crash-command-line", "The crash kernel's command line is not known.", tool.path()));
            return;
        }
        if (line.get().iommuOff() && !off(survey)) {
            checks.add(fail("crash-iommu", "The crash kernel has VT-d switched off: translation ends while devices are at work, and their addresses become"
                    + " physical ones. \"dmarshal kdump simulate\" shows what that does.", tool.path()));
        } else {
            checks.add(pass("crash-iommu", "The crash kernel's command line does not switch VT-d off.", tool.path()));
        }
        given(line.get(), tool, "reset_devices", "crash-reset-devices", "drivers are not told to reset their devices first", checks);
        given(line.get(), tool, "irqpoll", "crash-irqpoll", "an interrupt that is lost in the hand-over may stop the device that waits for it", checks);
        if (line.get().has("maxcpus") && !line.get().has("nr_cpus")) {
            checks.add(pass("crash-processors", "maxcpus= holds the crash kernel to few processors; nr_cpus= also saves memory.", tool.path()));
        } else {
            given(line.get(), tool, "nr_cpus", "crash-processors", "the crash kernel starts all processors, each of which takes memory and vectors", checks);
        }
        if (line.get().has("nox2apic") && survey.remapping().interrupts().is(true)) {
            checks.add(fail("crash-x2apic", "nox2apic in the crash kernel: the copied interrupt entries may be in x2APIC's form, and Linux does not check that"
                    + " (EIME is set by the new kernel's mode alone).", tool.path()));
        }
    }

    private static void given(CrashCommandLine line, DumpTool tool, String parameter, String label, String otherwise, List<HostCheck> checks) {
        checks.add(line.has(parameter) ? pass(label, "The crash kernel gets " + parameter + ".", tool.path())
                : line.complete() ? fail(label, "The crash kernel does not get " + parameter + ": " + otherwise + ".", tool.path())
                : unmeasured(label, "Whether the crash kernel gets " + parameter + " is left to " + tool.name() + ".", tool.path()));
    }

    private static void devices(HostSurvey survey, List<HostCheck> checks) {
        if (survey.functions().isEmpty()) {
            checks.add(unmeasured("crash-drivers", "No PCI functions are seen.", "/sys/bus/pci/devices"));
            return;
        }
        List<HostCheck> unfit = new ArrayList<>();
        for (FunctionFacts function : survey.functions()) {
            String driver = function.binding().driver().orElse("");
            KnownDrivers.unfit(driver).ifPresent(why -> unfit.add(fail("crash-drivers", function.address() + " is driven by " + driver + ", which does not cope"
                    + " with a device that was cut off at work: " + why + ".", "/sys/bus/pci/devices/" + function.address() + "/driver")));
        }
        checks.addAll(unfit);
        if (unfit.isEmpty()) {
            checks.add(pass("crash-drivers", "No driver in use is known not to cope in a crash kernel.", "/sys/bus/pci/devices"));
        }
        List<String> vmd = with(survey, "vmd");
        if (!vmd.isEmpty()) {
            checks.add(unmeasured("crash-vmd", "Disks lie behind Intel VMD (" + String.join(", ", vmd) + "): they send their requests under VMD's id, and the"
                    + " crash kernel's initramfs needs the driver vmd to find them. Only a test dump tells.", "/sys/bus/pci/drivers/vmd"));
        }
    }

    private static List<String> with(HostSurvey survey, String driver) {
        return survey.functions().stream().filter(function -> function.binding().driver().filter(driver::equals).isPresent())
                .map(function -> function.address().toString()).toList();
    }
}
