package dev.dmarshal.host.holders;

import dev.dmarshal.host.HostRoot;
import java.util.List;
import java.util.Optional;

/** Sound streams, watchdogs and the TPM. */
final class OtherHolders {

    private final HostRoot host;
    private final DeviceNodes classes;
    private final HolderLedger ledger;

    OtherHolders(HostRoot host, DeviceNodes classes, HolderLedger ledger) {
        this.host = host;
        this.classes = classes;
        this.ledger = ledger;
    }

    void read() {
        for (DeviceNodes.Node node : classes.of("sound")) {
            if (!node.owners().isEmpty() && node.name().matches("card[0-9]+")) {
                readSound(node);
            }
        }
        for (DeviceNodes.Node node : classes.of("watchdog")) {
            String state = "/sys/class/watchdog/" + node.name() + "/state";
            if (!node.owners().isEmpty() && host.text(state).present().orElse("").strip().equals("active")) {
                ledger.add(node.owners(), HolderKind.WATCHDOG, node.name() + " is armed", state);
            }
        }
        for (DeviceNodes.Node node : classes.of("tpm")) {
            ledger.add(node.owners(), HolderKind.TPM, node.name(), "/sys/class/tpm/" + node.name());
        }
    }

    /** A stream that is not {@code closed} (Documentation/sound/designs/procfile.rst). */
    private void readSound(DeviceNodes.Node card) {
        String folder = "/proc/asound/" + card.name();
        for (String pcm : entries(folder, "pcm")) {
            for (String sub : entries(folder + "/" + pcm, "sub")) {
                String status = folder + "/" + pcm + "/" + sub + "/status";
                Optional<String> first = host.text(status).present().map(text -> text.lines().findFirst().orElse("closed").strip());
                if (first.isPresent() && !first.get().equals("closed")) {
                    ledger.add(card.owners(), HolderKind.SOUND, "stream " + card.name() + " " + pcm + ", " + first.get(), status);
                }
            }
        }
    }

    private List<String> entries(String folder, String prefix) {
        return host.list(folder).present().orElse(List.of()).stream().filter(name -> name.startsWith(prefix)).toList();
    }
}
