package dev.dmarshal.cli.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.host.groups.GroupDifference;
import dev.dmarshal.host.groups.IommuGroup;
import dev.dmarshal.host.groups.IommuGroups;
import dev.dmarshal.host.groups.Isolation;
import dev.dmarshal.host.groups.Joining;
import dev.dmarshal.host.groups.RequesterAlias;
import dev.dmarshal.host.groups.SplitAdvice;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;
import java.util.Optional;

/** Groups as JSON, in the form of {@code docs/schema/groups-1.json}. Unknown is null. */
public final class GroupsJson {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;
    private final GroupsReport report;
    private final IommuGroups groups;

    private GroupsJson(JsonGenerator out, GroupsReport report) {
        this.out = out;
        this.report = report;
        this.groups = report.host().groups();
    }

    static void write(GroupsReport report, Writer writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            new GroupsJson(out, report).document();
        }
        writer.write('\n');
        writer.flush();
    }

    private void document() throws IOException {
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        out.writeStringField("source", report.source());
        out.writeStringField("kernel", groups.plan().kernelText());
        out.writeBooleanField("kernelAssumed", groups.plan().kernel().isEmpty());
        out.writeStringField("commandLine", groups.plan().commandLine().render());
        out.writeBooleanField("planned", report.planned());
        out.writeObjectFieldStart("moved");
        if (report.move().isPresent()) {
            for (var moved : new java.util.TreeMap<>(report.move().get().moved()).entrySet()) {
                out.writeStringField(moved.getKey().toString(), moved.getValue().toString());
            }
        }
        out.writeEndObject();
        out.writeBooleanField("kernelGroupsKnown", !report.host().kernel().isEmpty());
        out.writeArrayFieldStart("devices");
        for (PciFunction function : groups.tree().functions()) {
            device(function);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("groups");
        for (IommuGroup group : groups.groups()) {
            group(group);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("differences");
        for (GroupDifference difference : report.host().differences()) {
            out.writeStartObject();
            out.writeNumberField("kernelGroup", difference.kernel());
            addresses("kernel", difference.members());
            addresses("computed", difference.computed());
            out.writeEndObject();
        }
        out.writeEndArray();
        addresses("unmeasured", report.unmeasured().stream().map(PciFunction::address).toList());
        out.writeArrayFieldStart("notes");
        for (String note : report.host().notes()) {
            out.writeString(note);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void device(PciFunction function) throws IOException {
        out.writeStartObject();
        out.writeStringField("address", function.address().toString());
        JsonFields.text(out, "ids", function.ids().pair());
        JsonFields.text(out, "class", function.classCode().isPresent() ? Optional.of(java.util.HexFormat.of().toHexDigits(function.classCode().getAsInt(), 6))
                : Optional.empty());
        JsonFields.text(out, "role", function.role().map(JsonFields::word));
        JsonFields.text(out, "bridgeAbove", groups.tree().bridgeAbove(function).map(bridge -> bridge.address().toString()));
        JsonFields.text(out, "physicalFunction", function.links().physicalFunction().map(Sbdf::toString));
        number("group", groups.groupOf(function.address()).map(IommuGroup::number));
        number("kernelGroup", report.kernelNumber(function.address()));
        Isolation isolation = groups.isolation(function);
        boolean guessed = isolation.cause() == Isolation.Cause.UNMEASURED;
        if (guessed) {
            out.writeNullField("isolated");
        } else {
            out.writeBooleanField("isolated", isolation.isolates());
        }
        out.writeStringField("isolatedBecause", JsonFields.word(isolation.cause()));
        out.writeArrayFieldStart("requesterIds");
        for (RequesterAlias alias : groups.aliases(function)) {
            out.writeStartObject();
            out.writeStringField("id", alias.id().toString());
            out.writeStringField("signer", alias.signer().address().toString());
            out.writeStringField("because", alias.text());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void group(IommuGroup group) throws IOException {
        out.writeStartObject();
        out.writeNumberField("number", group.number());
        out.writeBooleanField("certain", groups.certain(group));
        addresses("members", group.members().stream().map(PciFunction::address).toList());
        out.writeArrayFieldStart("joinings");
        for (PciFunction member : group.members()) {
            Joining joining = groups.joining(member.address()).orElseThrow();
            out.writeStartObject();
            out.writeStringField("device", member.address().toString());
            out.writeStringField("step", JsonFields.word(joining.kind()));
            JsonFields.text(out, "with", joining.with().map(other -> other.address().toString()));
            JsonFields.text(out, "culprit", joining.culprit().map(other -> other.address().toString()));
            out.writeStringField("text", joining.text());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("ways");
        for (SplitAdvice way : report.advisor().of(group)) {
            out.writeStartObject();
            out.writeStringField("kind", JsonFields.word(way.kind()));
            out.writeStringField("text", way.text());
            out.writeStringField("cost", way.cost());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void addresses(String name, Collection<Sbdf> addresses) throws IOException {
        out.writeArrayFieldStart(name);
        for (Sbdf address : addresses) {
            out.writeString(address.toString());
        }
        out.writeEndArray();
    }

    private void number(String name, Optional<Integer> number) throws IOException {
        if (number.isPresent()) {
            out.writeNumberField(name, number.get());
        } else {
            out.writeNullField(name);
        }
    }
}
