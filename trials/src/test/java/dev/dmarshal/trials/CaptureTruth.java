package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.survey.RemappingFacts;
import dev.dmarshal.host.survey.Surveyor;
import dev.dmarshal.host.survey.UnitFacts;
import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.Stand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A capture made inside says outside what dmarshal says inside, and what it says of the unit is what sysfs, firmware's table and QEMU's registers say.
 */
final class CaptureTruth {

    private static final Duration LONG = Duration.ofSeconds(300);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Machine machine;
    private final Path capture;
    private final Map<String, String> inside = new LinkedHashMap<>();
    private final Map<String, String> outside = new LinkedHashMap<>();

    CaptureTruth(Machine machine, Path folder) {
        this.machine = machine;
        this.capture = folder.resolve("host.tar.zst");
    }

    /** Captures and compares. The doctor's answer is from just before: nothing has happened in the machine since. */
    void hold(String doctor) throws Exception {
        Outcome made = machine.run("/opt/dmarshal/bin/dmarshal capture -o /tmp/host.tar.zst", LONG);
        assertThat(made.exitCode()).as(made.describe()).hasValue(0);
        assertThat(made.out()).contains("personal data masked");
        Files.write(capture, machine.get("/tmp/host.tar.zst"));
        System.out.printf("capture took %d ms inside: %s", made.took().toMillis(), made.out());
        same("doctor", doctor);
        for (String command : List.of("check", "survey", "groups")) {
            Outcome answer = machine.run("/opt/dmarshal/bin/dmarshal " + command + " --json", LONG);
            System.out.printf("%s took %d ms inside%n", command, answer.took().toMillis());
            same(command, answer.out());
        }
        registers();
        // All at once: a run costs minutes.
        assertThat(outside).as("answers outside, of the capture; expected what it said inside").isEqualTo(inside);
    }

    /** Equal but for the names of the host and of its log. */
    private void same(String command, String said) throws Exception {
        JsonNode there = withoutSource(said);
        int code = command.equals("doctor") || command.equals("check") ? 1 : 0;
        JsonNode here = withoutSource(Outside.dmarshal(code, command, "--json", capture.toString()).replace(capture + ", dmesg", "kernel log"));
        inside.put(command, there.toPrettyString());
        outside.put(command, here.toPrettyString());
    }

    private static JsonNode withoutSource(String text) throws Exception {
        ObjectNode tree = (ObjectNode) JSON.readTree(text);
        assertThat(tree.size()).as(text).isGreaterThan(3);
        // The log may grow by lines that are no faults while all this goes on.
        tree.remove(List.of("source", "sources", "lines"));
        for (JsonNode node : tree.findValues("reasons")) {
            withoutHoldersUnmeasured((ArrayNode) node);
        }
        return JSON.readTree(tree.toString().replace("/proc/1/mountinfo: ", "/proc/mounts: "));
    }

    /** A capture holds of processes only what they have open of a few devices, and mounts from another file: it knows less of who holds a device, and says so. */
    private static void withoutHoldersUnmeasured(ArrayNode reasons) {
        for (int i = reasons.size() - 1; i >= 0; i--) {
            if (reasons.get(i).path("subject").asText().equals("holders") && reasons.get(i).path("answer").asText().equals("unmeasured")) {
                reasons.remove(i);
            }
        }
    }

    private void registers() throws Exception {
        HostRoot host = HostRoot.open(capture).present().orElseThrow();
        RemappingFacts remapping = Surveyor.survey(host, Optional.empty()).remapping();
        assertThat(remapping.units()).hasSize(1);
        UnitFacts unit = remapping.units().getFirst();
        assertThat(unit.name()).isEqualTo("dmar0");
        assertThat(Long.toHexString(unit.address().getAsLong())).isEqualTo(sysfs("address")).isEqualTo("fed90000");
        assertThat(Long.toHexString(unit.cap().getAsLong())).isEqualTo(sysfs("cap"));
        assertThat(Long.toHexString(unit.ecap().getAsLong())).isEqualTo(sysfs("ecap"));
        assertThat(Long.decode(MappingTruth.register(machine, 0x08, 8))).as("CAP of the hardware").isEqualTo(unit.cap().getAsLong());
        assertThat(Long.decode(MappingTruth.register(machine, 0x10, 8))).as("ECAP of the hardware").isEqualTo(unit.ecap().getAsLong());
        long version = Long.decode(MappingTruth.register(machine, 0, 4));
        assertThat((version >> 4 & 0xf) + ":" + (version & 0xf)).as("VER of the hardware, as sysfs writes it").isEqualTo(sysfs("version"));
        byte[] table = machine.get("/sys/firmware/acpi/tables/DMAR");
        assertThat(host.bytes("/sys/firmware/acpi/tables/DMAR").present()).as("the captured table").hasValue(table);
        DmarTable dmar = remapping.dmar().present().orElseThrow();
        assertThat(dmar.drhds()).singleElement().satisfies(drhd -> assertThat(drhd.base()).isEqualTo(unit.address().getAsLong()));
        System.out.printf("unit %s: cap %x, ecap %x, version %s%n", unit.name(), unit.cap().getAsLong(), unit.ecap().getAsLong(), sysfs("version"));
    }

    private String sysfs(String file) throws Exception {
        return new String(machine.get("/sys/class/iommu/dmar0/intel-iommu/" + file), StandardCharsets.US_ASCII).strip();
    }
}
