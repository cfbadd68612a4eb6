package dev.dmarshal.bench.pci;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code lspci -vvv} printed, cut into functions and labelled lines. Lines that continue a label carry it too. */
final class LspciOutput {

    private static final Pattern DEVICE = Pattern.compile("(?:([0-9a-f]{4,}):)?([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7]) (.*)");
    private static final Pattern CAPABILITY = Pattern.compile("Capabilities: \\[([0-9a-f]{2,3})(?: v(\\d+))?] (.*)");
    private static final Pattern LABEL = Pattern.compile("([A-Za-z!][\\w/ -]*?)(?: (\\d))?:(?!\\S*[+-]) ?\\s*(.*)");

    private LspciOutput() {
    }

    /**
     * A function.
     *
     * @param address      where
     * @param title        its first line without the address
     * @param header       lines before the capabilities and between them that belong to the header
     * @param capabilities its capabilities
     */
    record Function(Sbdf address, String title, List<Line> header, List<Capability> capabilities) {
    }

    /**
     * A capability.
     *
     * @param offset   where
     * @param extended whether its line has a version or three digits
     * @param version  of an extended one, else 0
     * @param lines    its lines, the first with an empty label
     */
    record Capability(int offset, boolean extended, int version, List<Line> lines) {
    }

    /**
     * A line.
     *
     * @param label what stands before its colon, or before that of the line that it continues
     * @param text  what stands after
     */
    record Line(String label, String text) {
    }

    static List<Function> parse(String text) {
        List<Function> functions = new ArrayList<>();
        List<Line> lines = new ArrayList<>();
        String label = "";
        for (String raw : text.lines().toList()) {
            Matcher device = DEVICE.matcher(raw);
            if (device.matches()) {
                int segment = device.group(1) == null ? 0 : Integer.parseInt(device.group(1), 16);
                Function function = new Function(new Sbdf(segment, Integer.parseInt(device.group(2), 16), Integer.parseInt(device.group(3), 16),
                        Integer.parseInt(device.group(4))), device.group(5), new ArrayList<>(), new ArrayList<>());
                functions.add(function);
                lines = function.header();
                continue;
            }
            if (raw.isBlank() || functions.isEmpty()) {
                continue;
            }
            int tabs = (int) raw.chars().takeWhile(c -> c == '\t').count();
            String body = raw.strip();
            Matcher capability = CAPABILITY.matcher(body);
            if (tabs == 1 && capability.matches()) {
                lines = new ArrayList<>();
                boolean extended = capability.group(1).length() == 3;
                functions.getLast().capabilities().add(new Capability(Integer.parseInt(capability.group(1), 16), extended,
                        capability.group(2) == null ? 0 : Integer.parseInt(capability.group(2)), lines));
                lines.add(new Line("", capability.group(3)));
                label = "";
                continue;
            }
            if (tabs == 1) {
                lines = functions.getLast().header();
            }
            Matcher labelled = LABEL.matcher(body);
            if (tabs <= 2 && labelled.matches()) {
                label = labelled.group(2) == null ? labelled.group(1) : labelled.group(1) + " " + labelled.group(2);
                lines.add(new Line(label, labelled.group(3).strip()));
            } else {
                lines.add(new Line(tabs == 1 ? "" : label, body));
            }
        }
        return functions;
    }
}
