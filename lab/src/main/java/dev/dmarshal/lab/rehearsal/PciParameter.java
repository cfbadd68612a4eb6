package dev.dmarshal.lab.rehearsal;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.lab.machine.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The devices that {@code pci=} names ({@code disable_acs_redir=}, {@code config_acs=}, {@code resource_alignment=}), as the mirrored machine has
 * them. Bus numbers
 * there are the firmware's and not known before, so a device is named by its path from the root bus, which the kernel takes too (drivers/pci/pci.c
 * pci_dev_str_match_path, 4.19 and later).
 */
final class PciParameter {

    private static final List<String> WITH_DEVICES = List.of("disable_acs_redir=", "config_acs=", "resource_alignment=");
    private static final int DEEPEST = 32;

    private final Mirror mirror;
    private final List<String> changes;

    /** @param changes takes what is changed or left out, in words */
    PciParameter(Mirror mirror, List<String> changes) {
        this.mirror = mirror;
        this.changes = changes;
    }

    /** The value of {@code pci=} for the mirrored machine; empty if nothing of it is left. */
    String translated(String value) {
        List<String> options = new ArrayList<>();
        for (String option : value.split(",")) {
            Optional<String> named = WITH_DEVICES.stream().filter(option::startsWith).findFirst();
            if (named.isEmpty()) {
                options.add(option);
                continue;
            }
            List<String> devices = new ArrayList<>();
            for (String device : option.substring(named.get().length()).split(";")) {
                device(device, named.get()).ifPresent(devices::add);
            }
            if (!devices.isEmpty()) {
                options.add(named.get() + String.join(";", devices));
            }
        }
        return String.join(",", options);
    }

    /** One device, with what stands before its {@code @}. */
    private Optional<String> device(String text, String option) {
        int at = text.indexOf('@');
        String before = text.substring(0, at + 1);
        String address = text.substring(at + 1);
        if (address.startsWith("pci:")) {
            changes.add("pci=" + option + " names " + address + " by its ids, which what stands for it does not have; left out");
            return Optional.empty();
        }
        String first = address.split("/", 2)[0];
        Optional<StandIn> standIn = DeviceNotation.parse(first).function().flatMap(this::standIn);
        if (standIn.isEmpty() || address.contains("/")) {
            boolean path = address.contains("/");
            changes.add("pci=" + option + (path ? " names " + address + " by its path, which is not translated; left out"
                    : " names " + address + ", for which nothing stands here; left out"));
            return Optional.empty();
        }
        String here = standIn.get().part().isEmpty() ? standIn.get().original().address().toString() : path(standIn.get().part().get());
        if (!here.equals(standIn.get().original().address().toString())) {
            changes.add("pci=" + option + " names " + address + ": here " + here + ", where its stand-in is");
        }
        return Optional.of(before + here);
    }

    private Optional<StandIn> standIn(Sbdf address) {
        return mirror.standIns().stream().filter(one -> one.original().address().equals(address)).findFirst();
    }

    /** Root bus, then device and function at each bridge down to the part. */
    private String path(String name) {
        StringBuilder path = new StringBuilder();
        String on = name;
        for (int deep = 0; deep < DEEPEST; deep++) {
            Part part = part(on);
            path.insert(0, part.address().orElseThrow());
            if (part.on().equals(Part.ROOT_COMPLEX)) {
                return "0000:00:" + path;
            }
            Optional<String> root = Optional.ofNullable(part(part.on()).options().get("bus_nr"));
            if (root.isPresent()) {
                return String.format(Locale.ROOT, "0000:%02x:", Integer.parseInt(root.get())) + path;
            }
            path.insert(0, '/');
            on = part.on();
        }
        throw new IllegalStateException("parts that sit on each other in a ring: " + name);
    }

    private Part part(String name) {
        return mirror.spec().parts().stream().filter(part -> part.id().equals(name)).findFirst().orElseThrow();
    }
}
