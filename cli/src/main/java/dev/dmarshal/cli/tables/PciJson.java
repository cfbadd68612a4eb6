package dev.dmarshal.cli.tables;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.Bar;
import dev.dmarshal.core.pci.config.BridgeHeader;
import dev.dmarshal.core.pci.config.BridgeWindow;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.CapabilityList;
import dev.dmarshal.core.pci.config.ConfigChecks;
import dev.dmarshal.core.pci.config.ConfigFinding;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigRegister;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.EnhancedAllocationCapability;
import dev.dmarshal.core.pci.config.ExpansionRom;
import dev.dmarshal.core.pci.config.MsiCapability;
import dev.dmarshal.core.pci.config.PciCapability;
import dev.dmarshal.core.pci.config.PcieCapability;
import dev.dmarshal.core.pci.config.ResetMethod;
import dev.dmarshal.core.pci.config.ResizableBarCapability;
import dev.dmarshal.core.pci.config.Resources;
import dev.dmarshal.core.pci.config.SriovCapability;
import dev.dmarshal.host.names.PciNames;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Configuration spaces as JSON, in the form of {@code docs/schema/pci-1.json}. Unknown is null; ids are hexadecimal digits without 0x, addresses and register
 * values with it.
 */
public final class PciJson {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;
    private final PciNames names;
    private final boolean serial;

    private PciJson(JsonGenerator out, PciNames names, boolean serial) {
        this.out = out;
        this.names = names;
        this.serial = serial;
    }

    static void write(List<PciDump.Source> sources, PciNames names, boolean serial, Writer writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            new PciJson(out, names, serial).document(sources);
        }
        writer.write('\n');
        writer.flush();
    }

    private void document(List<PciDump.Source> sources) throws IOException {
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        out.writeArrayFieldStart("functions");
        for (PciDump.Source source : sources) {
            for (PciDump dump : source.dumps()) {
                function(source.name(), dump);
            }
        }
        out.writeEndArray();
        out.writeArrayFieldStart("missing");
        for (PciDump.Source source : sources) {
            for (String missing : source.missing()) {
                out.writeString(missing);
            }
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void function(String source, PciDump dump) throws IOException {
        ConfigSpace space = dump.space();
        CapabilityList list = space.capabilities();
        out.writeStartObject();
        JsonFields.text(out, "source", Optional.of(source));
        JsonFields.text(out, "address", dump.address().map(Object::toString));
        out.writeNumberField("measuredBytes", space.measuredBytes());
        identity(space.header());
        JsonFields.text(out, "driver", dump.driver());
        JsonFields.number(out, "group", dump.group());
        JsonFields.text(out, "portType", PcieCapability.of(list).flatMap(PcieCapability::portType).map(type -> JsonFields.word(type)));
        out.writeArrayFieldStart("bars");
        for (Bar bar : space.header().bars()) {
            bar(bar, dump.resources().size(bar));
        }
        out.writeEndArray();
        rom(dump);
        bridge(space.header().bridge());
        out.writeArrayFieldStart("virtualFunctionBars");
        for (Bar bar : SriovCapability.of(list).map(SriovCapability::bars).orElse(List.of())) {
            bar(bar, dump.resources().size(Resources.VIRTUAL_FUNCTIONS + bar.index()));
        }
        out.writeEndArray();
        resets(list);
        capabilities(list);
        findings(ConfigChecks.of(space));
        out.writeEndObject();
    }

    private void identity(ConfigHeader header) throws IOException {
        OptionalInt vendor = header.vendorId();
        OptionalInt device = header.deviceId();
        digits("vendor", vendor, 4);
        digits("device", device, 4);
        digits("class", header.classCode(), 6);
        digits("revision", header.revision(), 2);
        digits("subsystemVendor", header.subsystemVendor(), 4);
        digits("subsystem", header.subsystemId(), 4);
        JsonFields.text(out, "vendorName", vendor.isPresent() ? names.vendor(vendor.getAsInt()) : Optional.empty());
        JsonFields.text(out, "deviceName", vendor.isPresent() && device.isPresent() ? names.device(vendor.getAsInt(), device.getAsInt()) : Optional.empty());
        JsonFields.text(out, "className", header.classCode().isPresent() ? names.deviceClass(header.classCode().getAsInt()) : Optional.empty());
        JsonFields.text(out, "headerType", header.type().map(JsonFields::word));
        JsonFields.flag(out, "multifunction", header.multifunction());
        JsonFields.flag(out, "answers", header.answers());
        registers("header", ConfigHeader.COMMON, header.space()::read);
    }

    private void bar(Bar bar, OptionalLong size) throws IOException {
        out.writeStartObject();
        out.writeNumberField("index", bar.index());
        out.writeStringField("kind", JsonFields.word(bar.kind()));
        out.writeBooleanField("prefetchable", bar.prefetchable());
        out.writeStringField("address", hex(bar.address()));
        size(size);
        out.writeEndObject();
    }

    private void size(OptionalLong size) throws IOException {
        if (size.isPresent()) {
            out.writeNumberField("sizeBytes", size.getAsLong());
        } else {
            out.writeNullField("sizeBytes");
        }
    }

    private void rom(PciDump dump) throws IOException {
        Optional<ExpansionRom> rom = ExpansionRom.of(dump.space());
        if (rom.isEmpty()) {
            out.writeNullField("rom");
            return;
        }
        out.writeObjectFieldStart("rom");
        out.writeStringField("address", hex(rom.get().address()));
        out.writeBooleanField("enabled", rom.get().enabled());
        size(dump.resources().size(Resources.ROM));
        out.writeEndObject();
    }

    private void bridge(Optional<BridgeHeader> bridge) throws IOException {
        if (bridge.isEmpty()) {
            out.writeNullField("bridge");
            return;
        }
        out.writeObjectFieldStart("bridge");
        JsonFields.number(out, "primary", bridge.get().primary());
        JsonFields.number(out, "secondary", bridge.get().secondary());
        JsonFields.number(out, "subordinate", bridge.get().subordinate());
        window("io", bridge.get().ioWindow());
        window("memory", bridge.get().memoryWindow());
        window("prefetchable", bridge.get().prefetchableWindow());
        registers("registers", BridgeHeader.REGISTERS, bridge.get().space()::read);
        out.writeEndObject();
    }

    private void window(String name, Optional<BridgeWindow> window) throws IOException {
        if (window.isEmpty()) {
            out.writeNullField(name);
            return;
        }
        out.writeObjectFieldStart(name);
        out.writeStringField("base", hex(window.get().base()));
        out.writeStringField("limit", hex(window.get().limit()));
        out.writeBooleanField("open", window.get().open());
        out.writeEndObject();
    }

    private void resets(CapabilityList list) throws IOException {
        out.writeObjectFieldStart("resets");
        for (ResetMethod method : ResetMethod.values()) {
            JsonFields.flag(out, method.label(), method.of(list));
        }
        out.writeEndObject();
    }

    private void capabilities(CapabilityList list) throws IOException {
        out.writeBooleanField("capabilitiesComplete", list.complete());
        out.writeArrayFieldStart("capabilities");
        for (PciCapability at : list.all()) {
            out.writeStartObject();
            out.writeBooleanField("extended", at.extended());
            out.writeStringField("id", padded(at.id(), at.extended() ? 4 : 2));
            JsonFields.text(out, "kind", at.kind().map(JsonFields::word));
            JsonFields.text(out, "title", at.kind().map(CapabilityKind::title));
            out.writeStringField("offset", hex(at.offset()));
            JsonFields.number(out, "version", at.extended() ? OptionalInt.of(at.version()) : OptionalInt.empty());
            boolean masked = at.is(CapabilityKind.SERIAL_NUMBER) && !serial;
            registers("registers", masked ? List.of() : registersOf(at), at::read);
            out.writeBooleanField("masked", masked);
            parts(at);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** What repeats inside a capability. */
    private void parts(PciCapability at) throws IOException {
        if (at.is(CapabilityKind.RESIZABLE_BAR) || at.is(CapabilityKind.VF_RESIZABLE_BAR)) {
            out.writeArrayFieldStart("resizableBars");
            for (ResizableBarCapability.Entry entry : new ResizableBarCapability(at).entries()) {
                out.writeStartObject();
                out.writeNumberField("bar", entry.bar());
                out.writeNumberField("sizePower", entry.power());
                out.writeStringField("supportedPowers", hex(entry.supported()));
                out.writeEndObject();
            }
            out.writeEndArray();
        } else if (at.is(CapabilityKind.ENHANCED_ALLOCATION)) {
            out.writeArrayFieldStart("wiredRegions");
            for (EnhancedAllocationCapability.Entry entry : new EnhancedAllocationCapability(at).entries()) {
                out.writeStartObject();
                out.writeStringField("standsFor", entry.stands());
                out.writeBooleanField("enabled", entry.enabled());
                out.writeStringField("base", hex(entry.base()));
                out.writeStringField("maxOffset", hex(entry.maxOffset()));
                out.writeEndObject();
            }
            out.writeEndArray();
        } else if (at.is(CapabilityKind.ACCESS_CONTROL)) {
            JsonFields.text(out, "egressVector", new AcsCapability(at).egressVector().map(Object::toString));
        }
    }

    private static List<ConfigRegister> registersOf(PciCapability at) {
        if (at.is(CapabilityKind.PCI_EXPRESS)) {
            return new PcieCapability(at).registers();
        }
        return at.is(CapabilityKind.MSI) ? new MsiCapability(at).registers() : at.kind().map(CapabilityKind::registers).orElse(List.of());
    }

    private interface Read {
        OptionalLong of(ConfigRegister register);
    }

    private void registers(String name, List<ConfigRegister> registers, Read read) throws IOException {
        out.writeArrayFieldStart(name);
        for (ConfigRegister register : registers) {
            OptionalLong value = read.of(register);
            out.writeStartObject();
            out.writeStringField("name", register.name());
            JsonFields.text(out, "value", value.isPresent() ? Optional.of(hex(value.getAsLong())) : Optional.empty());
            out.writeObjectFieldStart("fields");
            for (BitField field : register.fields()) {
                if (value.isPresent()) {
                    out.writeNumberField(field.name(), field.get(value.getAsLong()));
                }
            }
            out.writeEndObject();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void findings(List<ConfigFinding> findings) throws IOException {
        out.writeArrayFieldStart("findings");
        for (ConfigFinding finding : findings) {
            out.writeStartObject();
            out.writeStringField("label", finding.label());
            out.writeStringField("offset", hex(finding.offset()));
            out.writeStringField("text", finding.text());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void digits(String name, OptionalInt value, int digits) throws IOException {
        JsonFields.text(out, name, value.isPresent() ? Optional.of(padded(value.getAsInt(), digits)) : Optional.empty());
    }

    private static String padded(int value, int digits) {
        String text = Integer.toHexString(value);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
