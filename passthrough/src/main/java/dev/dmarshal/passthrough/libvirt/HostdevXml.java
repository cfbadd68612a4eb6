package dev.dmarshal.passthrough.libvirt;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Locale;
import java.util.Optional;

/**
 * A {@code <hostdev>} element as libvirt itself would print it (docs/formatdomain, "USB / PCI / SCSI devices"; src/conf/domain_conf.c).
 *
 * @param host          the host's function
 * @param managed       whether libvirt binds the function to {@code vfio-pci} and back
 * @param guest         where the guest is to see it; libvirt chooses if empty
 * @param multifunction whether the guest's slot has more functions; on function 0 only
 */
public record HostdevXml(Sbdf host, boolean managed, Optional<Sbdf> guest, boolean multifunction) {

    /** The element, indented, with a newline at its end. */
    public String text() {
        StringBuilder xml = new StringBuilder("<hostdev mode='subsystem' type='pci' managed='").append(managed ? "yes" : "no").append("'>\n");
        xml.append("  <driver name='vfio'/>\n");
        xml.append("  <source>\n    <address").append(address(host)).append("/>\n  </source>\n");
        guest.ifPresent(address -> xml.append("  <address type='pci'").append(address(address)).append(multifunction ? " multifunction='on'" : "")
                .append("/>\n"));
        return xml.append("</hostdev>\n").toString();
    }

    /** The attributes of an address as libvirt prints them (virPCIDeviceAddressFormat). */
    static String address(Sbdf address) {
        return String.format(Locale.ROOT, " domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'", address.segment(), address.bus(), address.device(),
                address.function());
    }
}
