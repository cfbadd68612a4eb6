package dev.dmarshal.bench.pci;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.CardBusHeader;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigRegister;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.PciCapability;
import dev.dmarshal.core.pci.config.SmallCapabilities;
import dev.dmarshal.core.pci.lspci.LspciDevice;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what lspci printed of a function with what we read, field by field. Every value in lspci's text is looked up in our registers; what no row of
 * {@code lspci.txt} knows is counted as unread.
 */
final class FieldComparison {

    private static final Pattern TITLE = Pattern.compile("\\[([0-9a-f]{4})]: .*?\\[([0-9a-f]{4}):([0-9a-f]{4})](?: \\(rev ([0-9a-f]{2})\\))?"
            + "(?: \\(prog-if ([0-9a-f]{2}).*\\))?$");
    private static final Pattern CUT_TITLE = Pattern.compile("\\[[0-9a-f]*:?[0-9a-f]*\\.\\.\\.");
    private static final Pattern UNKNOWN_TYPE = Pattern.compile("!!! Unknown header type ([0-9a-f]{2})");
    private static final Pattern IDS = Pattern.compile("\\[([0-9a-f]{4}):([0-9a-f]{4})]$");
    private static final Pattern FLAG = Pattern.compile("(?<![\\w.>-])([<>]?[A-Za-z0-9][\\w./-]*?):?([+-])(?=[\\s,;:)]|$)");
    private static final Pattern VALUE = Pattern.compile("[0-9=]|[+-](?:\\s|$)");
    private static final Pattern CHANNEL = Pattern.compile("VC(\\d)(.*)");
    private static final Pattern ANY_ID = Pattern.compile("(?:Extended )?Capability ID 0x([0-9a-f]+|0)\\b.*|Capability ID 0 .*");

    /** Kinds whose registers we do not decode, or not all: they have little to do with passthrough. */
    private static final Set<CapabilityKind> NAMED_ONLY = EnumSet.of(CapabilityKind.AGP, CapabilityKind.PCI_X, CapabilityKind.HYPERTRANSPORT,
            CapabilityKind.MULTICAST, CapabilityKind.ROOT_COMPLEX_LINK, CapabilityKind.PROCESSING_HINTS, CapabilityKind.EVENT_COLLECTOR_ASSOCIATION,
            CapabilityKind.DATA_OBJECT_EXCHANGE, CapabilityKind.DESIGNATED_VENDOR_SPECIFIC, CapabilityKind.VITAL_PRODUCT_DATA,
            CapabilityKind.VENDOR_SPECIFIC, CapabilityKind.EXTENDED_VENDOR_SPECIFIC);

    private static final List<FieldRow> ROWS = FieldRow.load();

    private final Tally tally;
    private final LspciDevice device;
    private final ConfigSpace space;

    private FieldComparison(Tally tally, LspciDevice device) {
        this.tally = tally;
        this.device = device;
        this.space = device.space();
    }

    static void compare(Tally tally, LspciDevice ours, LspciOutput.Function theirs) {
        if (ours.space().end() == 0) {
            tally.named("functions without a dump, of which lspci -F reads ones");
            return;
        }
        FieldComparison comparison = new FieldComparison(tally, ours);
        tally.function();
        comparison.title(theirs.title());
        comparison.header(theirs.header());
        comparison.capabilities(theirs.capabilities());
    }

    private String at(String place) {
        return device.address() + " " + place;
    }

    private void title(String text) {
        Matcher title = TITLE.matcher(text);
        if (CUT_TITLE.matcher(text).find()) {
            tally.named("titles that lspci cut off");
            return;
        }
        if (!title.find()) {
            tally.unread("title", text);
            return;
        }
        int code = space.header().classCode().orElse(0);
        tally.field(at("class"), title.group(1), HeaderTerms.hex(code >>> 8, 4));
        tally.field(at("vendor"), title.group(2), hex(space.header().vendorId(), 4));
        tally.field(at("device"), title.group(3), hex(space.header().deviceId(), 4));
        tally.field(at("revision"), title.group(4) == null ? "00" : title.group(4), hex(space.header().revision(), 2));
        tally.field(at("prog-if"), title.group(5) == null ? "00" : title.group(5), HeaderTerms.hex(code & 0xff, 2));
    }

    private static String hex(OptionalInt value, int digits) {
        return value.isPresent() ? HeaderTerms.hex(value.getAsInt(), digits) : "(not measured)";
    }

    private void header(List<LspciOutput.Line> lines) {
        Map<String, String> expected = HeaderTerms.of(space);
        String label = "";
        for (LspciOutput.Line line : lines) {
            boolean rom = line.text().startsWith("Expansion ROM at ");
            label = rom ? "Expansion ROM" : line.label().isEmpty() ? label : line.label();
            String text = rom ? line.text().substring("Expansion ROM at ".length()) : line.text();
            Matcher unknown = UNKNOWN_TYPE.matcher(text);
            if (unknown.matches()) {
                tally.field(at("header type"), unknown.group(1), space.header().type().map(Enum::name).orElse(hex(space.read(ConfigHeader.HEADER_TYPE,
                        ConfigHeader.LAYOUT), 2)));
            } else if (expected.containsKey(label)) {
                tally.field(at(label), text, expected.remove(label));
            } else if (label.equals("Subsystem")) {
                subsystem(text);
            } else if (label.startsWith("Region ") && upperHalf(label)) {
                tally.named("upper half of a 64-bit BAR, which lspci -F shows as a region of its own");
            } else {
                line(new Place("HEADER", label, register -> space.read(register)), text);
            }
        }
        expected.forEach((missing, text) -> tally.field(at(missing), "(nothing)", text));
    }

    private boolean upperHalf(String label) {
        int index = Integer.parseInt(label.substring("Region ".length()));
        return space.header().bars().stream().anyMatch(bar -> bar.kind() == dev.dmarshal.core.pci.config.Bar.Kind.MEMORY_64 && bar.index() == index - 1);
    }

    private void subsystem(String text) {
        Matcher ids = IDS.matcher(text);
        if (ids.find()) {
            tally.field(at("Subsystem vendor"), ids.group(1), hex(space.header().subsystemVendor(), 4));
            tally.field(at("Subsystem"), ids.group(2), hex(space.header().subsystemId(), 4));
        } else {
            tally.unread("Subsystem", text);
        }
    }

    private void capabilities(List<LspciOutput.Capability> theirs) {
        List<PciCapability> ours = space.capabilities().all();
        List<LspciOutput.Capability> listed = theirs.stream().filter(one -> !one.lines().getFirst().text().startsWith("<chain")).toList();
        tally.field(at("list"), places(listed.stream().map(LspciOutput.Capability::offset).toList()), places(ours.stream().map(PciCapability::offset)
                .toList()));
        for (int i = 0; i < Math.min(listed.size(), ours.size()); i++) {
            if (listed.get(i).offset() == ours.get(i).offset()) {
                capability(listed.get(i), ours.get(i));
            }
        }
    }

    private static String places(List<Integer> offsets) {
        return String.join(" ", offsets.stream().map(Integer::toHexString).toList());
    }

    private void capability(LspciOutput.Capability theirs, PciCapability ours) {
        if (theirs.extended()) {
            tally.field(at("version at " + Integer.toHexString(theirs.offset())), Integer.toString(theirs.version()), Integer.toString(ours.version()));
        }
        String title = theirs.lines().getFirst().text();
        Matcher unknown = ANY_ID.matcher(title);
        if (unknown.matches()) {
            tally.field(at("id at " + Integer.toHexString(theirs.offset())), unknown.group(1) == null ? "0" : unknown.group(1), Integer.toHexString(ours.id()));
            return;
        }
        Optional<CapabilityKind> kind = ours.kind();
        String name = kind.map(CapabilityKind::title).orElse("(no name)");
        boolean same = title.startsWith(name) || title.startsWith(name.replaceFirst("^PCI ", "")) || kind.filter(k -> k == CapabilityKind.PCI_X).isPresent();
        tally.field(at("kind at " + Integer.toHexString(theirs.offset())), same ? name : title, name);
        if (kind.isEmpty()) {
            return;
        }
        CapabilityKind known = kind.get() == CapabilityKind.VIRTUAL_CHANNEL_9 ? CapabilityKind.VIRTUAL_CHANNEL : kind.get();
        for (LspciOutput.Line line : theirs.lines()) {
            capabilityLine(known, ours, line.label().isEmpty() ? new LspciOutput.Line("", withoutTitle(line.text(), name)) : line);
        }
    }

    private static String withoutTitle(String text, String title) {
        String words = text.startsWith(title) ? title : title.replaceFirst("^PCI ", "");
        boolean bare = text.equals(words) || text.equals(words + " <?>");
        return bare ? "" : text;
    }

    private void capabilityLine(CapabilityKind kind, PciCapability ours, LspciOutput.Line line) {
        Matcher channel = CHANNEL.matcher(line.label());
        if (kind == CapabilityKind.VIRTUAL_CHANNEL && channel.matches()) {
            int step = Integer.parseInt(channel.group(1)) * SmallCapabilities.VC_STEP;
            int colon = Math.max(0, line.text().indexOf(':'));
            line(new Place(kind.name(), "VC " + line.text().substring(0, colon), register -> ours.read(register.plus(step))),
                    line.text().substring(colon + 1).strip());
            return;
        }
        String text = line.text();
        String[] words = line.label().split(" ");
        int index = words[words.length - 1].matches("\\d") ? Integer.parseInt(words[words.length - 1]) : 0;
        Optional<ComputedTerms.Term> term = ComputedTerms.find(kind, line.label(), text);
        while (term.isPresent()) {
            Matcher found = term.get().pattern().matcher(text);
            if (!found.find()) {
                break;
            }
            tally.field(at(kind + " " + line.label()), found.group(1), term.get().value().of(ours, index));
            text = (text.substring(0, found.start()) + " " + text.substring(found.end())).strip();
            term = ComputedTerms.find(kind, line.label(), text);
        }
        line(new Place(kind.name(), line.label(), ours::read), text);
    }

    /** Where a line belongs, and how its registers are read. */
    private record Place(String where, String label, Function<ConfigRegister, OptionalLong> read) {
    }

    private void line(Place place, String text) {
        String rest = text;
        for (FieldRow row : ROWS) {
            if (!row.where().equals(place.where()) || !row.label().equals(place.label()) || row.pattern().isEmpty()) {
                continue;
            }
            Matcher found = row.pattern().get().matcher(rest);
            if (found.find()) {
                OptionalLong word = place.read().apply(row.register());
                tally.field(at(place.where() + " " + row.register().name() + row.field().map(field -> "." + field.name()).orElse("")), found.group(1),
                        word.isPresent() ? row.expect(word.getAsLong(), found.group(1)) : "(not measured)");
                rest = (rest.substring(0, found.start()) + " " + rest.substring(found.end())).strip();
            }
        }
        rest = flags(place, rest);
        if (VALUE.matcher(rest).find()) {
            leftOver(place, rest);
        }
    }

    private String flags(Place place, String text) {
        Optional<ConfigRegister> register = flagRegister(place);
        if (register.isEmpty()) {
            return text;
        }
        OptionalLong word = place.read().apply(register.get());
        StringBuilder rest = new StringBuilder();
        Matcher flag = FLAG.matcher(text);
        while (flag.find()) {
            Optional<BitField> field = register.get().fields().stream().filter(bit -> bit.name().equals(flag.group(1))).findFirst();
            if (field.isPresent()) {
                tally.field(at(place.where() + " " + register.get().name() + "." + flag.group(1)), flag.group(2),
                        word.isEmpty() ? "(not measured)" : field.get().isSet(word.getAsLong()) ? "+" : "-");
                flag.appendReplacement(rest, "");
            } else {
                flag.appendReplacement(rest, Matcher.quoteReplacement(flag.group()));
            }
        }
        return flag.appendTail(rest).toString();
    }

    private Optional<ConfigRegister> flagRegister(Place place) {
        if (place.label().equals("BridgeCtl") && space.header().cardBus().isPresent()) {
            return Optional.of(CardBusHeader.BRIDGE_CONTROL);
        }
        return ROWS.stream().filter(row -> row.where().equals(place.where()) && row.label().equals(place.label()) && row.pattern().isEmpty())
                .map(FieldRow::register).findFirst()
                .or(() -> FieldRow.registers(place.where()).filter(register -> register.name().equals(place.label())).findFirst());
    }

    private void leftOver(Place place, String rest) {
        boolean named = !place.where().equals("HEADER") && NAMED_ONLY.contains(CapabilityKind.valueOf(place.where()));
        if (named) {
            tally.named(place.where());
        } else if (!place.where().equals("SUBSYSTEM")) {
            tally.unread(place.where() + " " + place.label(), rest.replaceAll("[0-9a-f]{4,}", "#"));
        }
    }
}
