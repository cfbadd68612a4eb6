package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who holds which device of a host, read once from sysfs, procfs and udev's records.
 *
 * <p>Three answers: a holder is seen; none is seen although the area could be looked at; or the area could not be looked at ({@link #unseen}), in which case
 * the absence of holders says nothing.
 */
public final class HostHolders {

    private final Map<Sbdf, Holdings> holdings;
    private final Map<HolderArea, List<String>> unseen;

    private HostHolders(HolderLedger ledger) {
        holdings = ledger.holdings();
        unseen = ledger.unseen();
    }

    /**
     * Reads a host.
     *
     * @param host    the host
     * @param session {@code SSH_CONNECTION} of the session that asks (client address and port, server address and port); empty for a capture
     */
    public static HostHolders of(HostRoot host, Optional<String> session) {
        HolderLedger ledger = new HolderLedger();
        DeviceNodes nodes = DeviceNodes.of(host);
        new StorageHolders(host, nodes, ledger).read();
        new NetworkHolders(host, nodes, ledger).read(session);
        new ConsoleHolders(host, nodes, ledger).read();
        new InputHolders(host, ledger).read();
        new OtherHolders(host, nodes, ledger).read();
        new OpenFiles(host, nodes, ledger).read();
        return new HostHolders(ledger);
    }

    /** What holds a device. */
    public Holdings of(Sbdf device) {
        return holdings.getOrDefault(device, Holdings.NONE);
    }

    /** Why an area could not be looked at in full; empty if it could. */
    public List<String> unseen(HolderArea area) {
        return unseen.getOrDefault(area, List.of());
    }
}
