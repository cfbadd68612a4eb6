package dev.dmarshal.passthrough.libvirt;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A host's function as libvirt's node-device driver would print it (docs/formatnode; src/conf/node_device_conf.c, virNodeDeviceCapPCIDefFormat). Names of
 * vendor and product are left out: they are of whoever has the list, not of the host. So is {@code <devnode>}.
 */
public final class NodeDeviceXml {

    private static final String DEVICES = "/sys/bus/pci/devices/";

    private final HostRoot host;
    private final Sbdf function;
    private final String device;

    /**
     * @param host     the host
     * @param function its function
     */
    public NodeDeviceXml(HostRoot host, Sbdf function) {
        this.host = host;
        this.function = function;
        device = DEVICES + function + "/";
    }

    /** libvirt's name of a function: {@code pci_0000_01_00_0}. */
    public static String name(Sbdf function) {
        return "pci_" + function.toString().replace(':', '_').replace('.', '_');
    }

    /** The element, with a newline at its end. What the host does not tell is left out. */
    public String text() {
        StringBuilder xml = new StringBuilder("<device>\n  <name>").append(name(function)).append("</name>\n");
        host.realPath(DEVICES + function).present().ifPresent(path -> {
            xml.append("  <path>").append(path).append("</path>\n");
            xml.append("  <parent>").append(parent(path)).append("</parent>\n");
        });
        host.linkName(device + "driver").present().ifPresent(driver -> xml.append("  <driver>\n    <name>").append(driver).append("</name>\n  </driver>\n"));
        xml.append("  <capability type='pci'>\n");
        hex("class").ifPresent(value -> xml.append(format("    <class>0x%06x</class>\n", value)));
        xml.append(format("    <domain>%d</domain>\n    <bus>%d</bus>\n    <slot>%d</slot>\n    <function>%d</function>\n", function.segment(), function.bus(),
                function.device(), function.function()));
        hex("device").ifPresent(value -> xml.append(format("    <product id='0x%04x'/>\n", value)));
        hex("vendor").ifPresent(value -> xml.append(format("    <vendor id='0x%04x'/>\n", value)));
        virtual(xml);
        group(xml);
        host.text(device + "numa_node").present().map(String::strip).filter(node -> node.matches("\\d{1,4}"))
                .ifPresent(node -> xml.append("    <numa node='").append(node).append("'/>\n"));
        express(xml);
        return xml.append("  </capability>\n</device>\n").toString();
    }

    private static String parent(String path) {
        String above = path.substring(0, path.lastIndexOf('/'));
        return DeviceNotation.parse(above.substring(above.lastIndexOf('/') + 1)).function().map(NodeDeviceXml::name).orElse("computer");
    }

    private void virtual(StringBuilder xml) {
        host.linkName(device + "physfn").present().flatMap(NodeDeviceXml::parsed).ifPresent(physical -> xml
                .append("    <capability type='phys_function'>\n      <address").append(HostdevXml.address(physical)).append("/>\n    </capability>\n"));
        host.text(device + "sriov_totalvfs").present().map(String::strip).filter(total -> total.matches("\\d{1,5}")).ifPresent(total -> {
            List<Sbdf> functions = host.list(device).present().orElse(List.of()).stream().filter(name -> name.matches("virtfn\\d+"))
                    .sorted((a, b) -> Integer.compare(Integer.parseInt(a.substring(6)), Integer.parseInt(b.substring(6))))
                    .flatMap(name -> host.linkName(device + name).present().flatMap(NodeDeviceXml::parsed).stream()).toList();
            xml.append("    <capability type='virt_functions' maxCount='").append(total).append(functions.isEmpty() ? "'/>\n" : "'>\n");
            functions.forEach(one -> xml.append("      <address").append(HostdevXml.address(one)).append("/>\n"));
            xml.append(functions.isEmpty() ? "" : "    </capability>\n");
        });
    }

    private void group(StringBuilder xml) {
        host.linkName(device + "iommu_group").present().filter(number -> number.matches("\\d{1,9}")).ifPresent(number -> {
            xml.append("    <iommuGroup number='").append(number).append("'>\n");
            host.list("/sys/kernel/iommu_groups/" + number + "/devices").present().orElse(List.of()).stream()
                    .flatMap(name -> parsed(name).stream()).forEach(one -> xml.append("      <address").append(HostdevXml.address(one)).append("/>\n"));
            xml.append("    </iommuGroup>\n");
        });
    }

    /** Only where the kernel tells of a link: its attributes are there for PCIe functions (drivers/pci/pci-sysfs.c). */
    private void express(StringBuilder xml) {
        Optional<String> most = link("max");
        Optional<String> now = link("current");
        if (most.isPresent() || now.isPresent()) {
            xml.append("    <pci-express>\n");
            most.ifPresent(link -> xml.append("      <link validity='cap'").append(link).append("/>\n"));
            now.ifPresent(link -> xml.append("      <link validity='sta'").append(link).append("/>\n"));
            xml.append("    </pci-express>\n");
        }
    }

    private Optional<String> link(String which) {
        Optional<String> speed = host.text(device + which + "_link_speed").present().map(text -> text.strip().split(" ")[0]).filter(text -> text
                .matches("\\d+\\.\\d+"));
        Optional<String> width = host.text(device + which + "_link_width").present().map(String::strip).filter(text -> text.matches("\\d{1,3}"));
        return width.map(lanes -> speed.map(gigatransfers -> " speed='" + shorter(gigatransfers) + "'").orElse("") + " width='" + lanes + "'");
    }

    /** The kernel writes 8.0, libvirt 8. */
    private static String shorter(String speed) {
        return speed.endsWith(".0") ? speed.substring(0, speed.length() - 2) : speed;
    }

    private OptionalInt hex(String attribute) {
        Optional<String> text = host.text(device + attribute).present().map(String::strip).filter(value -> value.matches("0x[0-9a-f]{1,7}"));
        return text.isPresent() ? OptionalInt.of(Integer.decode(text.get())) : OptionalInt.empty();
    }

    private static Optional<Sbdf> parsed(String name) {
        return DeviceNotation.parse(name).function();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
