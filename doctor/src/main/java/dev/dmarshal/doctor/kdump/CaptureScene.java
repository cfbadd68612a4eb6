package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.doctor.kdump.BusyDevice.Buffer;
import dev.dmarshal.doctor.kdump.BusyDevice.CrashDriver;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The scene of a host that is there or captured: its functions with drivers, their units and reserved memory, its memory map and crash kernel. What
 * they have in
 * flight is made up, since no file has it: rings at the top of the first 4 GiB, where Linux begins to hand addresses out, and for disks blocks at addresses
 * below the top of memory, where it comes to when much is in flight.
 */
public final class CaptureScene {

    private static final long PAGE = 4096;
    private static final int DISK_PAGES = 64;
    private static final Pattern IOMEM = Pattern.compile("^ *([0-9a-f]+)-([0-9a-f]+) : (System RAM|Crash kernel)$", Pattern.MULTILINE);
    private static final int MOST_DEVICES = 256;
    private static final int MASS_STORAGE = 0x01;
    private static final int NETWORK = 0x02;
    private static final int DISPLAY = 0x03;

    private final HostRoot host;
    private final HostSurvey survey;
    private final List<String> assumptions = new ArrayList<>();
    private final List<Span> memory = new ArrayList<>();
    private Optional<Span> crashKernel = Optional.empty();
    private final Map<Long, Integer> units = new HashMap<>();
    private int nextIndex;
    private long nextPage;

    private CaptureScene(HostRoot host) {
        this.host = host;
        this.survey = Surveyor.survey(host, Optional.empty());
    }

    /** The scene of a host; empty if none of its functions has a driver, or none can be seen. */
    public static Optional<CrashScene> of(HostRoot host) {
        return new CaptureScene(host).scene();
    }

    private Optional<CrashScene> scene() {
        memoryMap();
        Span crash = crashKernel.orElseThrow();
        nextPage = PAGE * 0x1_0000;
        Optional<DmarCoverage> coverage = survey.remapping().dmar().present().map((DmarTable table) -> new DmarCoverage(table, survey.tree()));
        if (coverage.isEmpty()) {
            assumptions.add("The DMAR table could not be read: all devices are taken to lie behind one unit, and none to have reserved memory.");
        }
        List<BusyDevice> devices = new ArrayList<>();
        for (FunctionFacts function : survey.functions()) {
            if (devices.size() < MOST_DEVICES && atWork(function)) {
                devices.add(device(function, coverage, crash));
            }
        }
        assumptions.add("What is in flight is made up: rings at the top of the first 4 GiB, and for disks blocks below the top of memory.");
        boolean scalable = scalable();
        return devices.isEmpty() ? Optional.empty() : Optional.of(new CrashScene(survey.source(), scalable, scalable, CrashScene.LINUX_INTERRUPT_SIZE,
                devices, memory, crash, assumptions));
    }

    private static boolean atWork(FunctionFacts function) {
        int base = function.made().kind().orElse(0) >>> 8;
        return function.binding().driver().isPresent() && !function.carriesOthers()
                && (base == MASS_STORAGE || base == NETWORK || base == DISPLAY || function.usb() || base == 0x04 || base == 0x12);
    }

    private void memoryMap() {
        Matcher line = IOMEM.matcher(host.text("/proc/iomem").present().orElse(""));
        while (line.find()) {
            Optional<Span> span = span(line.group(1), line.group(2));
            if (line.group(3).startsWith("Crash")) {
                crashKernel = crashKernel.isPresent() ? crashKernel : span;
            } else {
                span.ifPresent(memory::add);
            }
        }
        if (memory.isEmpty()) {
            assumptions.add("The memory map is not known (/proc/iomem shows zeros to all but root): memory is taken to be 2 GiB below 4 GiB and 6 GiB above.");
            memory.addAll(SyntheticScene.of(false).memory());
        }
        if (crashKernel.isEmpty()) {
            assumptions.add("No memory is seen to be set aside for a crash kernel: 256 MiB below 2 GiB are taken to be.");
            crashKernel = Optional.of(SyntheticScene.CRASH_KERNEL);
        }
    }

    /** All zeros is what /proc/iomem shows to those who may not see addresses. */
    private static Optional<Span> span(String first, String last) {
        if (first.length() > 16 || last.length() > 16) {
            return Optional.empty();
        }
        long from = Long.parseUnsignedLong(first, 16);
        long to = Long.parseUnsignedLong(last, 16);
        return to != 0 && Long.compareUnsigned(from, to) <= 0 ? Optional.of(new Span(from, to)) : Optional.empty();
    }

    private boolean scalable() {
        boolean able = !survey.remapping().units().isEmpty()
                && survey.remapping().units().stream().allMatch(unit -> unit.ecap().isPresent() && ExtendedCapability.SCALABLE_MODE.isSet(unit.ecap()
                        .getAsLong()));
        boolean asked = host.text("/proc/cmdline").present().orElse("").contains("sm_on");
        if (able) {
            assumptions.add(asked ? "The units are in scalable mode, as sm_on asks." : "The units could be in scalable mode; they are taken to be in legacy"
                    + " mode,"
                    + " since sm_on is not on the command line.");
        }
        return able && asked;
    }

    private BusyDevice device(FunctionFacts function, Optional<DmarCoverage> coverage, Span crash) {
        int base = function.made().kind().orElse(0) >>> 8;
        boolean identity = survey.groupOf(function.address()).filter(group -> group.number().isPresent())
                .flatMap(group -> host.text("/sys/kernel/iommu_groups/" + group.number().getAsInt() + "/type").present())
                .filter(type -> type.strip().equals("identity")).isPresent();
        List<Span> reserved = coverage.map(table -> table.regionsOf(function.address())).orElse(List.of()).stream()
                .map((DmarStructure.Rmrr region) -> new Span(region.base(), region.limit())).toList();
        int unit = coverage.flatMap(table -> table.unitOf(function.address()))
                .map(drhd -> units.computeIfAbsent(drhd.base(), fresh -> units.size())).orElse(0);
        List<Buffer> buffers = new ArrayList<>();
        reserved.forEach(span -> buffers.add(new Buffer("reserved memory", span.first() & -PAGE, span.first() & -PAGE, PAGE, true)));
        buffers.add(buffer("ring that it reads", 0xffff_f000L, 1, false, identity));
        buffers.add(buffer("ring that it writes", 0xffff_e000L, 1, true, identity));
        if (base == MASS_STORAGE) {
            buffers.add(buffer("blocks being read", crash.first() + (16 << 20) & -PAGE, DISK_PAGES, true, identity));
        }
        String name = function.binding().driver().orElseThrow();
        return new BusyDevice(function.address(), name, unit, identity, buffers, List.of(nextIndex++), reserved, crashDriver(base, function.usb(), name));
    }

    private static CrashDriver crashDriver(int base, boolean usb, String driver) {
        if (KnownDrivers.unfit(driver).isPresent()) {
            return CrashDriver.MAPS_FIRST;
        }
        return base == MASS_STORAGE || base == NETWORK || usb ? CrashDriver.STOPS_FIRST : CrashDriver.NONE;
    }

    private Buffer buffer(String what, long iova, int pages, boolean write, boolean identity) {
        long physical = nextPage;
        nextPage += pages * PAGE;
        return new Buffer(what, identity ? physical : iova, physical, pages * PAGE, write);
    }
}
