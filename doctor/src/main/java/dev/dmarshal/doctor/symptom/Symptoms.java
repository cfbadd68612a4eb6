package dev.dmarshal.doctor.symptom;

import dev.dmarshal.core.fault.Dialect;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.host.version.XenVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * All that the sources showed, before anybody judges it.
 *
 * @param faults   groups of faults, in the order of their first fault
 * @param messages the lines kept of each kind; the first {@link SymptomCollector#KEPT_PER_KIND} at most
 * @param counts   how many lines of each kind there were
 * @param devices  functions seen, whether listed by the kernel or only spoken of
 * @param host     what runs, with which parameters, on which machine
 * @param reserved reserved memory regions of the DMAR table, and the firmware's memory map
 * @param quality  how complete the sources are
 */
public record Symptoms(List<FaultGroup> faults, Map<MessageKind, List<LogMessage>> messages, Map<MessageKind, Long> counts,
        SortedMap<Sbdf, SeenDevice> devices, HostOutline host, MemoryOutline reserved, SourceQuality quality) {

    /** The same with other faults: for asking about some of them only. */
    public Symptoms withFaults(List<FaultGroup> some) {
        return new Symptoms(List.copyOf(some), messages, counts, devices, host, reserved, quality);
    }

    /** The lines kept of a kind. */
    public List<LogMessage> all(MessageKind kind) {
        return messages.getOrDefault(kind, List.of());
    }

    /** The first line of a kind. */
    public Optional<LogMessage> first(MessageKind kind) {
        return all(kind).stream().findFirst();
    }

    /** Whether there was a line of any of these kinds. */
    public boolean has(MessageKind... kinds) {
        return Arrays.stream(kinds).anyMatch(counts::containsKey);
    }

    /** All kept lines of these kinds, in the order of the kinds. */
    public Stream<LogMessage> each(MessageKind... kinds) {
        return Arrays.stream(kinds).flatMap(kind -> all(kind).stream());
    }

    /** The first kept line of these kinds that {@code test} takes. */
    public Optional<LogMessage> find(Predicate<LogMessage> test, MessageKind... kinds) {
        return each(kinds).filter(test).findFirst();
    }

    /** What is known of a function. */
    public Optional<SeenDevice> device(Sbdf address) {
        return Optional.ofNullable(devices.get(address));
    }

    /**
     * Whether the sources list functions well enough that a function missing from them is really not there: an enumeration was seen on its bus or a neighbour.
     */
    public boolean enumerated() {
        return devices.values().stream().filter(SeenDevice::listed).count() >= 8;
    }

    /** The bridge whose secondary bus is {@code bus}, if one was seen. */
    public Optional<SeenDevice> bridgeTo(int segment, int bus) {
        return devices.values().stream().filter(d -> d.address().segment() == segment && d.secondary().orElse(-1) == bus).findFirst();
    }

    /** Whether Xen wrote any of it. */
    public boolean xen() {
        return host.xen().isPresent() || has(MessageKind.XEN_VERSION, MessageKind.XEN_IOMMU_ENABLED, MessageKind.XEN_IOMMU_DISABLED)
                || faults.stream().map(FaultGroup::dialect).anyMatch(Dialect::xen);
    }

    /** Whether any of it is about AMD's IOMMU. */
    public boolean amd() {
        return faults.stream().anyMatch(group -> !group.dialect().vtd()) || has(MessageKind.AMD_FOUND, MessageKind.AMD_OTHER, MessageKind.AMD_FIRMWARE_BUG,
                MessageKind.AMD_IR_DISABLED, MessageKind.AMD_COMPLETION_TIMEOUT);
    }

    /** Whether the kernel is older than mainline {@code major.minor}; false if its version is not known. */
    public boolean kernelBefore(int major, int minor) {
        return host.kernel().filter(version -> !version.release().atLeast(new Release(major, minor, 0))).isPresent();
    }

    /** The kernel's version, if known. */
    public Optional<KernelVersion> kernel() {
        return host.kernel();
    }

    /** Xen's version, if known. */
    public Optional<XenVersion> xenVersion() {
        return host.xen();
    }
}
