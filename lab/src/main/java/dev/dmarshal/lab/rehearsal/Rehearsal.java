package dev.dmarshal.lab.rehearsal;

import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.groups.HostGroups;
import dev.dmarshal.host.pci.PciHost;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.play.Means;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.Staging;
import dev.dmarshal.lab.setup.Stock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a real kernel did with a planned command line on a machine that mirrors a host.
 *
 * @param kernel       its release
 * @param qemu         QEMU's version
 * @param bootTook     how long it booted
 * @param commandLine  what it was told
 * @param changes      what of the plan was left out or changed, and why
 * @param units        remapping units that it drives, such as {@code dmar0}; none if DMA is not remapped
 * @param interrupts   whether it remaps interrupts
 * @param functions    what became of each function
 * @param differences  where its groups are not those computed for the host with that command line
 * @param faults       faults that it logged
 * @param shortfalls   what of the host could not be mirrored
 */
public record Rehearsal(String kernel, String qemu, Duration bootTook, String commandLine, List<String> changes, List<String> units, boolean interrupts,
        List<Rehearsed> functions, List<String> differences, List<FaultEvent> faults, List<String> shortfalls) {

    private static final Duration MOMENT = Duration.ofSeconds(60);
    private static final String LOOK = """
            for d in /sys/bus/pci/devices/*; do
              g=$(readlink $d/iommu_group); v=$(readlink $d/driver); t=-
              [ -z "$g" ] || read t <$d/iommu_group/type
              g=${g##*/}; v=${v##*/}
              echo "${d##*/} ${g:--} ${v:--} $t"
            done
            """;

    /**
     * Rehearses.
     *
     * @param kernel  a kernel of the setup; without, the one nearest below the host's
     * @param planned the planned command line; without, the host's own
     */
    public static Rehearsal of(HostRoot host, Means means, Optional<String> kernel, Optional<String> planned) throws LabFailure {
        Reading<PciHost> pci = PciHost.of(host);
        if (pci.present().filter(some -> !some.listed().isEmpty()).isEmpty()) {
            throw new LabFailure(Kind.MISSING, host.name() + ": no PCI devices in it" + pci.trouble().map(trouble -> " (" + trouble + ")").orElse(""));
        }
        String line = planned.orElseGet(() -> host.text("/proc/cmdline").present().orElse("").strip());
        String piece = kernel.orElseGet(() -> nearest(HostGroups.plan(host).kernel()));
        Optional<KernelVersion> version = KernelVersion.parse(means.kernel().isPresent() ? means.kernel().get().release() : means.stock().kernel(piece)
                .release());
        HostGroups groups = HostGroups.of(host, pci.present().get(), HostGroups.plan(host).with(version.orElseThrow(
                () -> new LabFailure(Kind.DESCRIPTION, "the kernel's file does not say which release it is"))).withCommandLine(line));
        Mirror mirror = Mirror.of(groups.groups());
        PlannedLine given = PlannedLine.of(line, mirror);
        try (Machine machine = new Staging(means).start(play(mirror, piece, given))) {
            return new Observer(machine, groups, mirror, given).report();
        }
    }

    /** Whether the kernel remapped, grouped as was computed, and met no fault. */
    public boolean asComputed() {
        return !units.isEmpty() && differences.isEmpty() && faults.isEmpty();
    }

    private static String nearest(Optional<KernelVersion> host) {
        return Stock.KERNELS.stream().filter(piece -> host.isPresent() && KernelVersion.parse(piece.substring("linux-".length()) + ".0")
                .filter(version -> version.release().compareTo(host.get().release()) <= 0).isPresent())
                .reduce((first, second) -> second).orElse(Stock.KERNELS.getFirst());
    }

    private static Play play(Mirror mirror, String kernel, PlannedLine line) {
        Set<String> load = new LinkedHashSet<>();
        // Those that take devices by their ids must come before the devices' own drivers.
        for (String early : List.of("vfio-pci", "pci-stub")) {
            if (line.text().replace('_', '-').contains(early + ".ids=")) {
                load.add(early);
            }
        }
        new TreeSet<>(mirror.models().values().stream().flatMap(model -> model.driver().stream()).toList()).forEach(load::add);
        load.add("ahci");
        return new Play("rehearsal", "", mirror.spec(), kernel, line.text(), List.copyOf(load), List.of(), Optional.empty(), Optional.empty(), Map.of(), false,
                Optional.empty(), List.of());
    }

    /** Looks at the machine once it is up. */
    private static final class Observer {

        private final Machine machine;
        private final HostGroups computed;
        private final Mirror mirror;
        private final PlannedLine line;

        Observer(Machine machine, HostGroups computed, Mirror mirror, PlannedLine line) {
            this.machine = machine;
            this.computed = computed;
            this.mirror = mirror;
            this.line = line;
        }

        Rehearsal report() throws LabFailure {
            Map<String, Sbdf> places = PciPlaces.of(machine.qmp().execute("query-pci", Map.of()));
            Map<String, String[]> seen = new HashMap<>();
            for (String one : machine.must(LOOK, MOMENT).lines().toList()) {
                String[] words = one.split(" ", 4);
                seen.put(words[0], words);
            }
            List<Rehearsed> functions = new ArrayList<>();
            List<String> shortfalls = new ArrayList<>(mirror.shortfalls());
            for (StandIn standIn : mirror.standIns()) {
                Optional<Sbdf> address = standIn.part().isEmpty() ? Optional.of(standIn.original().address())
                        : Optional.ofNullable(places.get(standIn.part().get()));
                Optional<String[]> words = address.map(at -> seen.get(at.toString()));
                if (words.isEmpty()) {
                    shortfalls.add(standIn.original().address() + ": its stand-in (" + standIn.model() + ") did not show up");
                }
                functions.add(new Rehearsed(standIn, address, words.filter(some -> some[1].matches("[0-9]{1,9}")).stream()
                        .mapToInt(some -> Integer.parseInt(some[1])).findFirst(), words.map(some -> some[3]).filter(type -> !type.equals("-")),
                        words.map(some -> some[2]).filter(driver -> !driver.equals("-"))));
            }
            functions.sort(Comparator.comparing(function -> function.standIn().original().address()));
            String log = machine.must("dmesg", MOMENT);
            List<String> units = machine.must("ls /sys/class/iommu", MOMENT).lines().filter(name -> name.startsWith("dmar")).toList();
            boolean interrupts = log.contains("Enabled IRQ remapping");
            return new Rehearsal(machine.kernelRelease(), machine.program().version(), machine.bootTook(), line.text(), line.changes(), units, interrupts,
                    List.copyOf(functions), units.isEmpty() ? List.of() : differences(functions), LoggedFaults.of(log), List.copyOf(shortfalls));
        }

        /** Each group as computed for the host, of those that were mirrored, against what the kernel made of their stand-ins. */
        private List<String> differences(List<Rehearsed> functions) {
            Map<Sbdf, Set<Sbdf>> expected = computed.groups().partition();
            Map<Integer, Set<Sbdf>> made = new HashMap<>();
            Set<Sbdf> mirrored = new TreeSet<>();
            for (Rehearsed function : functions) {
                if (function.group().isPresent()) {
                    made.computeIfAbsent(function.group().getAsInt(), none -> new TreeSet<>()).add(function.standIn().original().address());
                    mirrored.add(function.standIn().original().address());
                }
            }
            Set<String> differences = new LinkedHashSet<>();
            for (Set<Sbdf> group : made.values()) {
                Set<Sbdf> should = new TreeSet<>(expected.getOrDefault(group.iterator().next(), Set.of()));
                should.retainAll(mirrored);
                if (!group.equals(should)) {
                    differences.add("here together: " + words(group) + "; computed for the host: " + words(should));
                }
            }
            return List.copyOf(differences);
        }

        private static String words(Set<Sbdf> group) {
            return String.join(" ", group.stream().map(Sbdf::toString).toList());
        }
    }
}
