package dev.dmarshal.lab.rehearsal;

import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.Token;
import dev.dmarshal.host.version.Platform;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A planned command line as the rehearsal can give it to its kernel: without what belongs to the host's disk, console and memory, and with the ids of what
 * stands for the host's devices.
 *
 * @param text    what the kernel gets
 * @param changes what was left out or changed, in words
 */
record PlannedLine(String text, List<String> changes) {

    private static final Set<String> OF_THE_HOST = Set.of("BOOT_IMAGE", "root", "rootflags", "rootfstype", "ro", "rw", "initrd", "init", "rdinit", "resume",
            "console", "quiet", "splash", "crashkernel", "hugepages", "hugepagesz", "default_hugepagesz", "mem", "memmap", "maxcpus", "nr_cpus", "isolcpus",
            "nohz_full", "rcu_nocbs", "panic", "vga", "video");
    private static final Set<String> IDS = Set.of("vfio_pci.ids", "pci_stub.ids");
    private static final Set<String> WITH_ADDRESSES = Set.of("xen_pciback.hide", "pciback.hide");
    private static final Pattern PAIR = Pattern.compile("([0-9a-fA-F]{4}:[0-9a-fA-F]{4})(:.*)?");

    static PlannedLine of(String planned, Mirror mirror) {
        List<String> words = new ArrayList<>();
        List<String> changes = new ArrayList<>();
        for (Token token : CommandLine.parse(Platform.LINUX, planned).tokens()) {
            String name = token.name();
            if (OF_THE_HOST.contains(name) || name.startsWith("systemd.") || name.startsWith("rd.") || token.handedOn()) {
                changes.add("left out: " + token.raw());
            } else if (IDS.contains(name.replace('-', '_')) && token.value().isPresent()) {
                String ids = translated(token.value().get(), mirror, changes);
                if (!ids.isEmpty()) {
                    words.add(name + "=" + ids);
                }
            } else if (name.equals("pci") && token.value().isPresent()) {
                String value = new PciParameter(mirror, changes).translated(token.value().get());
                if (!value.isEmpty()) {
                    words.add("pci=" + value);
                }
            } else if (WITH_ADDRESSES.contains(name.replace('-', '_'))) {
                changes.add("left out: " + token.raw() + ", which names devices by addresses that mean others here");
            } else {
                words.add(token.raw());
            }
        }
        return new PlannedLine(String.join(" ", words), List.copyOf(changes));
    }

    private static String translated(String value, Mirror mirror, List<String> changes) {
        Set<String> ids = new LinkedHashSet<>();
        for (String one : value.replace("\"", "").split(",")) {
            String pair = PAIR.matcher(one).replaceAll("$1").toLowerCase(java.util.Locale.ROOT);
            Set<String> standing = new LinkedHashSet<>();
            for (StandIn standIn : mirror.standIns()) {
                if (standIn.original().ids().pair().filter(pair::equals).isPresent() && standIn.part().isPresent()
                        && mirror.models().containsKey(standIn.part().get())) {
                    standing.add(mirror.models().get(standIn.part().get()).ids());
                }
            }
            changes.add(standing.isEmpty() ? pair + ": no device here stands for one of these ids; left out"
                    : pair + ": here " + String.join(", ", standing) + ", the ids of what stands for it");
            ids.addAll(standing);
        }
        return String.join(",", ids);
    }
}
