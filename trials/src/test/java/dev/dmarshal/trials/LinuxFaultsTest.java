package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import dev.dmarshal.trials.inside.ReadOnlyMapping;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults that a real device causes on a real kernel; {@code dmarshal doctor}, run inside on the live log, names device, reason and address of each.
 * On the newer QEMU, because only that records interrupt faults.
 */
@ExtendWith(OnTheLab.class)
class LinuxFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(180);
    private static final String READ_ONLY = "0x5a00000";

    @ParameterizedTest
    @ValueSource(strings = {"linux-6.1", "linux-6.12"})
    void doctorInsideNamesEachFault(String kernel, Stand stand) throws Exception {
        Play play = PlayReader.builtIn("linux-faults").onKernel(kernel).withDmarshalInside();
        Machine machine = stand.start(play, stand.newerMeans());
        machine.requireRemapping();
        machine.must(play.acts().get(0).script(), LONG);
        writeToReadOnlyMapping(machine);
        System.out.println(machine.must(play.acts().get(1).script(), LONG));
        Outcome doctor = machine.run("/opt/dmarshal/bin/dmarshal doctor --json", LONG);
        System.out.printf("doctor took %d ms inside%n", doctor.took().toMillis());
        assertThat(doctor.exitCode()).as(doctor.describe()).hasValue(1);
        assertThat(faults(doctor.out())).contains(
                "dma read 0x6 of 0000:00:02.0 at 0x41a6000",
                "interrupt unknown 0x22 of 0000:00:02.0 at 0x7ff8",
                "dma read 0x2 of 0000:00:02.0 at 0x41a8000");
        assertThat(faults(doctor.out())).anySatisfy(fault -> assertThat(fault).isEqualTo("dma write 0x5 of 0000:00:02.0 at 0x41a7000-" + READ_ONLY));
    }

    /** The device may read the page: were that a fault too, it would be among those that doctor lists. */
    private static void writeToReadOnlyMapping(Machine machine) throws Exception {
        String name = ReadOnlyMapping.class.getName();
        machine.put("/tmp/ReadOnlyMapping.class", bytes(ReadOnlyMapping.class), false);
        String file = name.replace('.', '/') + ".class";
        machine.must("mkdir -p /tmp/classes/" + file.substring(0, file.lastIndexOf('/')) + " && mv /tmp/ReadOnlyMapping.class /tmp/classes/"
                + file, Stand.MOMENT);
        String printed = machine.must("""
                modprobe vfio-pci && modprobe vfio_iommu_type1
                d=/sys/bus/pci/devices/0000:00:02.0
                echo 0 >$d/enable
                echo vfio-pci >$d/driver_override
                echo 0000:00:02.0 >/sys/bus/pci/drivers_probe
                group=$(basename $(readlink $d/iommu_group))
                [ -e /dev/vfio/$group ] || mdev -s
                /opt/dmarshal/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp /tmp/classes %s $group 0000:00:02.0 %s
                echo 0000:00:02.0 >/sys/bus/pci/drivers/vfio-pci/unbind
                echo >$d/driver_override
                """.formatted(name, READ_ONLY), LONG);
        assertThat(printed).contains("read from the mapping", "wrote to the mapping");
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            return in.readAllBytes();
        }
    }

    /** Each group of faults in words: kind, access, reason, device, addresses or index. */
    private static List<String> faults(String json) throws IOException {
        List<String> faults = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("faults")) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        faults.add(fault(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return faults;
    }

    private static String fault(JsonParser parser) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("indexes")) {
                StringBuilder indexes = new StringBuilder();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    indexes.append(indexes.isEmpty() ? "" : ",").append(parser.getText());
                }
                fields.put(name, indexes.toString());
            } else {
                fields.put(name, parser.getText());
                parser.skipChildren();
            }
        }
        String where = fields.get("kind").equals("interrupt") ? fields.get("indexes")
                : fields.get("lowest").equals(fields.get("highest")) ? fields.get("lowest") : fields.get("lowest") + "-" + fields.get("highest");
        return fields.get("kind") + " " + fields.get("access") + " 0x" + Integer.toHexString(Integer.parseInt(fields.get("reason"))) + " of "
                + fields.get("device") + " at "
                + where;
    }
}
