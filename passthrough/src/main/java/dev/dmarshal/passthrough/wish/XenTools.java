package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.assign.XenFacts;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What Xen's tools must be able to do before anything is planned on a dom0, and what they say of the devices. */
final class XenTools {

    private XenTools() {
    }

    static List<Refusal> against(HostRoot host, Set<Sbdf> taken) {
        XenFacts xen = XenFacts.of(host);
        if (xen.assignable().isEmpty()) {
            return List.of(new Refusal("toolstack", "xl does not say which devices are set aside for guests: " + xen.why(),
                    "is xenstored running, xenfs mounted on /proc/xen, and are you root?", false));
        }
        List<Refusal> refusals = new ArrayList<>();
        for (Sbdf function : taken) {
            Optional<String> driver = host.linkName("/sys/bus/pci/devices/" + function + "/driver").present();
            if (driver.filter(PcibackBinding.DRIVER::equals).isPresent() && !xen.assignable().get().contains(function)) {
                refusals.add(new Refusal("assigned:" + function, function + " belongs to a guest: pciback has it, and xl does not list it as free",
                        "xl pci-list GUEST tells whose it is; dmarshal switch moves it", false));
            }
        }
        if (xen.iommu().filter(on -> !on).isPresent()) {
            refusals.add(new Refusal("no-iommu", "Xen has no IOMMU on (no hvm_directio in xl info): only a PV guest could have a device, and nothing would hold"
                    + " its DMA to the guest's memory", "dmarshal check says why it is off", true));
        }
        return refusals;
    }
}
