package dev.dmarshal.trials.inside;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that a plan may change on a dom0 beside sysfs: what {@code xl} lists for guests and as assignable, what the toolstack keeps in xenstore, and whom the
 * hypervisor itself takes for each function's owner, and which rights its guests have. That last is what the lists only claim: {@code xl debug-keys} has Xen
 * print it (xen/drivers/passthrough/pci.c, dump_pci_devices; xen/common/keyhandler.c, dump_domains).
 */
final class XenPicture {

    private static final Path CAPABILITIES = Path.of("/proc/xen/capabilities");
    private static final String DEVICES = "==== PCI devices ====";
    private static final String DOMAINS = "'q' pressed";
    private static final Pattern RANGES = Pattern.compile("Rangesets belonging to domain ([0-9]+):");

    private XenPicture() {
    }

    /** As lines; empty where this is no dom0. */
    static String take() throws IOException {
        if (!Files.exists(CAPABILITIES) || !Files.readString(CAPABILITIES).contains("control_d")) {
            return "";
        }
        StringBuilder lines = new StringBuilder();
        for (String guest : said("xl", "list").lines().skip(1).map(line -> line.split("\\s+")[0]).filter(name -> !name.equals("Domain-0")).toList()) {
            lines.append("xl pci-list ").append(guest).append(' ').append(onOneLine(said("xl", "pci-list", guest))).append('\n');
        }
        lines.append("xl pci-assignable-list ").append(onOneLine(said("xl", "pci-assignable-list"))).append('\n');
        // Which driver a device had before its first turn as a guest's is remembered for good, and asked for by nobody.
        said("xenstore-ls", "-f", "/libxl/pci").lines().filter(line -> line.contains("/domid")).forEach(line -> lines.append(line).append('\n'));
        owners(lines);
        rights(lines);
        return lines.toString();
    }

    private static void owners(StringBuilder lines) throws IOException {
        console("Q", DEVICES).filter(line -> line.matches("[0-9a-f]{4}:.*"))
                .forEach(line -> lines.append("owner ").append(line.replaceFirst(" - node.*", "").replaceFirst("DomIO.*", "DomIO")).append('\n'));
    }

    /** Which registers, ports and interrupts guests may touch. */
    private static void rights(StringBuilder lines) throws IOException {
        String[] domain = {""};
        console("q", DOMAINS).forEach(line -> {
            Matcher heading = RANGES.matcher(line);
            if (heading.find()) {
                domain[0] = heading.group(1);
            } else if (line.matches("\\s+(Interrupts|I/O \\w+) +\\{.*") && !domain[0].equals("0")) {
                lines.append("rights of domain ").append(domain[0]).append(' ').append(line.strip()).append('\n');
            }
        });
    }

    /** What Xen prints for a debug key, from its first line on. */
    private static Stream<String> console(String key, String first) throws IOException {
        said("xl", "debug-keys", key);
        String log = said("xl", "dmesg");
        return log.substring(Math.max(0, log.lastIndexOf(first))).lines().map(line -> line.replaceFirst("^\\(XEN\\) (\\[[^]]*] )?", ""));
    }

    private static String onOneLine(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("|"));
    }

    private static String said(String... command) throws IOException {
        Process process = new ProcessBuilder(List.of(command)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
