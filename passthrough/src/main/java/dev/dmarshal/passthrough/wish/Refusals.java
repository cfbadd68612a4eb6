package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.holders.Holder;
import dev.dmarshal.host.holders.HolderArea;
import dev.dmarshal.host.holders.HostHolders;
import dev.dmarshal.host.holders.Stake;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds every reason against taking functions from the host, not the first one. Asked when a plan is made and again before it is applied. */
final class Refusals {

    private static final String DEVICES = "/sys/bus/pci/devices/";

    private final HostRoot host;
    private final HostHolders holders;
    private final List<Refusal> refusals = new ArrayList<>();

    Refusals(HostRoot host, Optional<String> session) {
        this.host = host;
        holders = HostHolders.of(host, session);
    }

    /**
     * All reasons.
     *
     * @param taken  the functions that would be taken, in the order in which they would be
     * @param forced labels that are lifted
     */
    List<Refusal> against(Set<Sbdf> taken, Set<String> forced) {
        taken.forEach(function -> nature(function, taken));
        if (PcibackBinding.dom0(host)) {
            refusals.addAll(XenTools.against(host, taken));
        }
        taken.forEach(this::held);
        for (HolderArea area : HolderArea.values()) {
            if (!holders.unseen(area).isEmpty()) {
                refusals.add(new Refusal("unseen:" + area.word(), "whether " + area.word() + " of the host hangs on these devices could not be seen: "
                        + String.join("; ", holders.unseen(area)), "run it as root on the host itself", true));
            }
        }
        return refusals.stream().filter(refusal -> !(refusal.forcible() && forced.contains(refusal.label()))).toList();
    }

    /** What the function is and with whom it shares a group. */
    private void nature(Sbdf function, Set<Sbdf> taken) {
        if (!host.has(DEVICES + function)) {
            refuse("no-device", function, "the host has no device " + function, "dmarshal survey lists the host's devices");
            return;
        }
        if (carriesOthers(function)) {
            refuse("bridge", function, function + " is a bridge: it carries other devices and cannot be given away", "name the devices below it");
            return;
        }
        Optional<GroupMembers> group = GroupMembers.of(host, function);
        if (group.isEmpty()) {
            refuse("no-group", function, function + " is in no IOMMU group: remapping is off, or no remapping unit covers it", "dmarshal check says why it"
                    + " is off");
            return;
        }
        Set<Sbdf> missing = new LinkedHashSet<>(group.get().members());
        missing.removeAll(taken);
        missing.removeIf(this::carriesOthers);
        for (Sbdf other : missing) {
            if (!group.get().inseparable().contains(other)) {
                refusals.add(new Refusal("group:" + other, other + " is in the group " + group.get().number() + " with " + function
                        + ": nothing between the two sees to it that their traffic goes through the IOMMU. Xen lets them be separated all the same",
                        "--with " + other + " if it may go along; dmarshal groups says what merges them", true));
                continue;
            }
            refuse("group", other, other + " is in IOMMU group " + group.get().number() + " together with " + function + ", and goes where it goes",
                    "--with " + other + " if it may go along; dmarshal groups says what merges them");
        }
    }

    private void refuse(String label, Sbdf function, String reason, String way) {
        Refusal refusal = new Refusal(label + ":" + function, reason, way, false);
        if (!refusals.contains(refusal)) {
            refusals.add(refusal);
        }
    }

    /** vfio-pci takes nothing but functions with a header of type 0 (drivers/vfio/pci/vfio_pci_core.c); the kernel lets bridges stay in a group. */
    private boolean carriesOthers(Sbdf function) {
        Reading<byte[]> config = host.bytes(DEVICES + function + "/config");
        return config.present().filter(bytes -> bytes.length > 0x0e).map(bytes -> (bytes[0x0e] & 0x7f) != 0).orElse(false);
    }

    private void held(Sbdf function) {
        for (Holder holder : holders.of(function).holders()) {
            if (holder.stake() != Stake.NOTICE) {
                refusals.add(new Refusal(holder.kind().word() + ":" + function, function + ": " + holder.what() + " (" + holder.evidence() + ")",
                        holder.stake() == Stake.VITAL ? "the host would stop or be cut off: move it elsewhere first" : "let go of it first", true));
            }
        }
    }

    /** What to know although nothing speaks against it. */
    List<String> remarks(Set<Sbdf> taken) {
        List<String> remarks = new ArrayList<>();
        for (Sbdf function : taken) {
            holders.of(function).of(Stake.NOTICE).forEach(holder -> remarks.add(function + ": " + holder.what()));
        }
        return remarks;
    }
}
