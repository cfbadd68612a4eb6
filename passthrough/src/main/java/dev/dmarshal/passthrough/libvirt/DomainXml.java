package dev.dmarshal.passthrough.libvirt;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.guest.GuestLayout.Bus;
import dev.dmarshal.passthrough.guest.GuestLayout.Kind;
import dev.dmarshal.passthrough.guest.GuestLayout.Plugged;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * A domain's XML (docs/formatdomain), as far as PCI goes. A document type is refused, so that no entity is ever looked up; the rest of the document is not
 * judged.
 */
public final class DomainXml {

    /** Longest text taken, in characters. */
    public static final int MOST_CHARACTERS = 4 << 20;
    private static final int MOST_BUSES = 256;

    private final Element domain;

    private DomainXml(Element domain) {
        this.domain = domain;
    }

    /** Reads {@code <domain>}, also within the {@code <domstatus>} that libvirt keeps of a running guest. */
    public static Reading<DomainXml> parse(String source, String text) {
        if (text.length() > MOST_CHARACTERS) {
            return new Reading.Malformed<>(source, "more than " + MOST_CHARACTERS + " characters");
        }
        try {
            Element root = builder().parse(new InputSource(new StringReader(text))).getDocumentElement();
            Optional<Element> domain = root.getTagName().equals("domain") ? Optional.of(root) : child(root, "domain");
            return domain.<Reading<DomainXml>>map(element -> new Reading.Present<>(source, new DomainXml(element)))
                    .orElseGet(() -> new Reading.Malformed<>(source, "not a domain but <" + root.getTagName() + ">"));
        } catch (SAXException | IOException e) {
            return new Reading.Malformed<>(source, "not XML that is read here: " + e.getMessage());
        }
    }

    private static DocumentBuilder builder() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            factory.setExpandEntityReferences(false);
            factory.setXIncludeAware(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new Throwing());
            return builder;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every JDK has this parser", e);
        }
    }

    /** The JDK's own handler prints. */
    private static final class Throwing implements ErrorHandler {

        @Override
        public void warning(SAXParseException e) {
            // Nothing that PCI hangs on.
        }

        @Override
        public void error(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
            throw e;
        }
    }

    /** The domain's name; empty if it has none. */
    public Optional<String> name() {
        return child(domain, "name").map(element -> element.getTextContent().strip());
    }

    /** The machine, such as {@code pc-q35-7.2}; empty if left to libvirt. */
    public Optional<String> machine() {
        return child(domain, "os").flatMap(os -> child(os, "type")).flatMap(type -> attribute(type, "machine"));
    }

    /**
     * The PCI side.
     *
     * @param running whether this is a running guest's XML
     */
    public GuestLayout layout(boolean running) {
        boolean q35 = machine().map(machine -> machine.contains("q35")).orElse(false);
        Map<Integer, Kind> kinds = new TreeMap<>();
        Map<Integer, TreeSet<Integer>> used = new TreeMap<>();
        kinds.put(0, q35 ? Kind.PCIE_ROOT : Kind.PCI_ROOT);
        Optional<Element> devices = child(domain, "devices");
        devices.ifPresent(all -> children(all).forEach(device -> {
            if (device.getTagName().equals("controller") && attribute(device, "type").filter("pci"::equals).isPresent()) {
                number(device, "index", MOST_BUSES).ifPresent(index -> kinds.put(index, kind(attribute(device, "model").orElse(""))));
            }
            ownAddress(device).ifPresent(address -> used.computeIfAbsent(address.bus(), _ -> new TreeSet<>())
                    .add(address.device() << 3 | address.function()));
        }));
        implicit(q35, used.computeIfAbsent(0, _ -> new TreeSet<>()));
        List<Bus> buses = kinds.entrySet().stream().map(bus -> Bus.of(bus.getKey(), bus.getValue(), used.getOrDefault(bus.getKey(), new TreeSet<>()))).toList();
        return new GuestLayout(running, q35, buses, plugged());
    }

    /** What libvirt's XML does not name: host bridge and ISA bridge (src/qemu/qemu_domain_address.c, "…ValidateDevicePCISlots…"). */
    private static void implicit(boolean q35, TreeSet<Integer> used) {
        used.add(0);
        used.add(q35 ? 0x1f << 3 : 1 << 3);
    }

    private static Kind kind(String model) {
        return switch (model) {
            case "pcie-root", "pcie-expander-bus" -> Kind.PCIE_ROOT;
            case "pci-root" -> Kind.PCI_ROOT;
            case "pcie-root-port", "pcie-switch-downstream-port" -> Kind.PORT;
            case "pci-bridge", "pcie-to-pci-bridge", "dmi-to-pci-bridge" -> Kind.CONVENTIONAL;
            default -> Kind.INNER;
        };
    }

    /** The host's functions that the guest has, as {@code <hostdev>} or as {@code <interface type='hostdev'>}. */
    public List<Plugged> plugged() {
        List<Plugged> plugged = new ArrayList<>();
        child(domain, "devices").ifPresent(all -> children(all).forEach(device -> {
            String tag = device.getTagName();
            String type = attribute(device, "type").orElse("");
            if (tag.equals("hostdev") && type.equals("pci") || tag.equals("interface") && type.equals("hostdev")) {
                child(device, "source").flatMap(source -> child(source, "address")).flatMap(DomainXml::address)
                        .ifPresent(host -> plugged.add(new Plugged(host, ownAddress(device), attribute(device, "managed")
                                .filter("yes"::equals).isPresent())));
            }
        }));
        return plugged;
    }

    /** Where the guest sees a device of its XML: {@code <address type='pci'>} directly below it. */
    private static Optional<Sbdf> ownAddress(Element device) {
        return child(device, "address").filter(address -> address.getAttribute("type").equals("pci")).flatMap(DomainXml::address);
    }

    private static Optional<Sbdf> address(Element element) {
        OptionalInt bus = number(element, "bus", 256);
        OptionalInt slot = number(element, "slot", 32);
        OptionalInt function = element.hasAttribute("function") ? number(element, "function", 8) : OptionalInt.of(0);
        OptionalInt segment = element.hasAttribute("domain") ? number(element, "domain", Integer.MAX_VALUE) : OptionalInt.of(0);
        return bus.isPresent() && slot.isPresent() && function.isPresent() && segment.isPresent()
                ? Optional.of(new Sbdf(segment.getAsInt(), bus.getAsInt(), slot.getAsInt(), function.getAsInt())) : Optional.empty();
    }

    private static OptionalInt number(Element element, String name, int bound) {
        try {
            int value = Integer.decode(element.getAttribute(name).strip());
            return value >= 0 && value < bound ? OptionalInt.of(value) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    private static Optional<String> attribute(Element element, String name) {
        return element.hasAttribute(name) ? Optional.of(element.getAttribute(name)) : Optional.empty();
    }

    private static Optional<Element> child(Element parent, String name) {
        return children(parent).stream().filter(element -> element.getTagName().equals(name)).findFirst();
    }

    private static List<Element> children(Element parent) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (Node node = nodes.getLength() == 0 ? null : nodes.item(0); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }
}
