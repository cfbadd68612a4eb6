package dev.dmarshal.passthrough.xen;

import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a guest's bus has before any card is passed through to it: by the guest's configuration, in the order in which xl has the device model make it
 * (tools/libs/light/libxl_dm.c, {@code libxl__build_device_model_args_new}, of Xen 4.17; QEMU gives each the first free slot, hw/pci/pci.c
 * {@code do_pci_register_device}). A card that asks for no slot has the first that is then free.
 *
 * @param kind  what the guest is
 * @param slots slots that are taken, and by what; empty for a PV guest, whose bus pciback makes
 * @param notes what the configuration does not tell
 */
public record DeviceModel(Kind kind, SortedMap<Integer, String> slots, List<String> notes) {

    /** The ways to be a guest, as far as PCI goes. */
    public enum Kind {
        /** Has a device model. */
        HVM,
        /** Has pcifront's virtual bus. */
        PV,
        /** Has no PCI devices yet. */
        PVH
    }

    /** Before it the device model was one of Xen's own, with the same four slots. */
    private static final Release UPSTREAM_QEMU = new Release(4, 3, 0);
    private static final int EHCI = 0x1d;

    /** Keeps its own copies. */
    public DeviceModel {
        slots = new TreeMap<>(slots);
        notes = List.copyOf(notes);
    }

    /** That of an HVM guest of which nothing is known; slots 0 to 3, as Xen's VT-d HowTo has it. */
    public static DeviceModel usual() {
        SortedMap<Integer, String> slots = board();
        take(slots, "Xen's platform device");
        take(slots, "graphics");
        return new DeviceModel(Kind.HVM, slots, List.of());
    }

    /** That of a guest of this configuration under this Xen. */
    public static DeviceModel of(XlConfig config, Release xen) {
        Optional<String> type = config.value("type").or(() -> config.value("builder"));
        return switch (type.orElse("")) {
            case "pv", "generic", "linux" -> new DeviceModel(Kind.PV, new TreeMap<>(), List.of());
            case "pvh" -> new DeviceModel(Kind.PVH, new TreeMap<>(), List.of());
            default -> hvm(config, xen, type.isPresent() ? List.of() : List.of("The configuration names no type, and xl then makes a PV guest;"
                    + " what follows is for type = \"hvm\"."));
        };
    }

    private static DeviceModel hvm(XlConfig config, Release xen, List<String> known) {
        List<String> notes = new ArrayList<>(known);
        SortedMap<Integer, String> slots = board();
        boolean own = !xen.atLeast(UPSTREAM_QEMU) || config.value("device_model_version").filter("qemu-xen-traditional"::equals).isPresent();
        if (own) {
            take(slots, "graphics");
            take(slots, "Xen's platform device");
        } else {
            asUpstream(config, slots);
        }
        for (String card : config.values("vif")) {
            if (!card.replace(" ", "").matches("(.*,)?type=vif(,.*)?")) {
                take(slots, "emulated NIC");
            }
        }
        if (!own && on(config, "hdtype", "ahci")) {
            take(slots, "AHCI controller");
        }
        List.of("device_model_override", "device_model_args", "device_model_args_hvm", "usbctrl").stream().filter(config::has)
                .forEach(name -> notes.add(name + " may add devices of its own, which are not counted here."));
        return new DeviceModel(Kind.HVM, slots, notes);
    }

    private static void asUpstream(XlConfig config, SortedMap<Integer, String> slots) {
        if (!on(config, "xen_platform_pci", "0")) {
            take(slots, "Xen's platform device");
        }
        if (config.values("disk").stream().anyMatch(disk -> !disk.contains("cdrom") && disk.replace(" ", "").matches("(.*,)?(vdev=)?sd[a-z]+(,.*)?"))) {
            take(slots, "SCSI controller");
        }
        if (on(config, "spice", "1") && on(config, "spicevdagent", "1")) {
            take(slots, "virtio-serial");
        }
        if (!on(config, "vga", "none")) {
            take(slots, "graphics");
        }
        boolean usb = on(config, "usb", "1") || config.has("usbdevice");
        switch (usb ? "" : config.value("usbversion").orElse("")) {
            case "1" -> take(slots, "UHCI controller");
            case "2" -> slots.put(EHCI, "EHCI controllers");
            case "3" -> take(slots, "xHCI controller");
            default -> {
                // The USB controller of the ISA bridge's slot, or none.
            }
        }
        if (config.has("soundhw")) {
            take(slots, "sound card");
        }
    }

    private static boolean on(XlConfig config, String name, String value) {
        return config.value(name).filter(value::equals).isPresent();
    }

    private static SortedMap<Integer, String> board() {
        return new TreeMap<>(Map.of(0, "host bridge", 1, "ISA bridge, IDE"));
    }

    private static void take(SortedMap<Integer, String> slots, String device) {
        int slot = 0;
        while (slots.containsKey(slot)) {
            slot++;
        }
        slots.put(slot, device);
    }
}
