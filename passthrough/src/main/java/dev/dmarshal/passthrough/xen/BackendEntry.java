package dev.dmarshal.passthrough.xen;

import dev.dmarshal.core.pci.Sbdf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What dom0's back end has in xenstore for one function of a guest, which is all that {@code xl pci-list} goes by. An unplug sets its state to
 * {@link #CLOSING}, waits for pciback to take the device from the guest, and removes the entry (tools/libs/light/libxl_pci.c,
 * libxl__device_pci_remove_xenstore). Ended before that last part, it leaves an entry that a second unplug does not get rid of: pciback finds no such device
 * and stays in its state (Linux drivers/xen/xen-pciback/xenbus.c, xen_pcibk_reconfigure). Seen with Xen 4.17 and Linux 6.1.
 *
 * @param guest   the guest's number
 * @param devices how many entries the guest has
 * @param state   the entry's state; empty if it has none
 */
record BackendEntry(int guest, int devices, String state) {

    private static final String CLOSING = "5";
    private static final Duration SHORT = Duration.ofSeconds(15);
    private static final int MOST = 256;

    /** The entry of a function; empty if there is none, or xenstore does not say. */
    static Optional<BackendEntry> of(Xl xl, int guest, Sbdf function) {
        String path = backEnd(guest);
        int devices = value(xl, path + "/num_devs").filter(text -> text.matches("[0-9]{1,3}")).map(Integer::parseInt).orElse(0);
        for (int index = 0; index < Math.min(devices, MOST); index++) {
            if (value(xl, path + "/dev-" + index).equals(Optional.of(function.toString()))) {
                return Optional.of(new BackendEntry(guest, devices, value(xl, path + "/state-" + index).orElse("")));
            }
        }
        return Optional.empty();
    }

    /** Whether an unplug of it has begun. */
    boolean closing() {
        return state.equals(CLOSING);
    }

    /**
     * Does the rest of an unplug that was ended: removes both ends, as xl does with a guest's last device (libxl__device_destroy).
     *
     * @return why not; empty if it was done
     */
    Optional<String> drop(Xl xl) {
        if (devices != 1) {
            return Optional.of("an unplug was ended half way, and the guest has other devices, whose entries in xenstore would have to move up: "
                    + "shut the guest down, then they are gone");
        }
        return dropBothEnds(xl, guest);
    }

    /**
     * Removes both ends where they are there and without a device: an unplug was ended between its two last steps. A device that were plugged in now would
     * find a front end that counts as connected and is not yet about it, and an unplug right after that would be lost.
     *
     * @return why not; empty if there is nothing of the kind
     */
    static Optional<String> dropEmpty(Xl xl, int guest) {
        return value(xl, backEnd(guest) + "/num_devs").equals(Optional.of("0")) ? dropBothEnds(xl, guest) : Optional.empty();
    }

    private static Optional<String> dropBothEnds(Xl xl, int guest) {
        List<String> there = new ArrayList<>(List.of(backEnd(guest), "/local/domain/" + guest + "/device/pci/0", "/libxl/" + guest + "/device/pci/0"));
        there.removeIf(path -> !(xl.read(SHORT, path) instanceof Xl.Said));
        return switch (xl.remove(SHORT, there)) {
            case Xl.Said _ -> Optional.empty();
            case Xl.Failed failed -> Optional.of(failed.reason());
            case Xl.Late _ -> Optional.of("xenstore-rm did not answer: is xenstored there?");
        };
    }

    private static Optional<String> value(Xl xl, String path) {
        return xl.read(SHORT, path) instanceof Xl.Said(String text) ? Optional.of(text.strip()) : Optional.empty();
    }

    private static String backEnd(int guest) {
        return "/local/domain/0/backend/pci/" + guest + "/0";
    }
}
