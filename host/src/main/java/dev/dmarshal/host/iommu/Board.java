package dev.dmarshal.host.iommu;

import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What machine it is, as firmware says it (SMBIOS, through {@code /sys/class/dmi/id}, Documentation/ABI/testing/sysfs-class-dmi), or the kernel's log, where
 * {@code DMI:} stands before it (drivers/firmware/dmi_scan.c, {@code dmi_format_ids}).
 *
 * @param vendor   who made the machine, and its board if that is another
 * @param names    what it, its version and its board are called, without what says nothing
 * @param firmware version and date of the firmware
 * @param evidence where that was read
 */
public record Board(List<String> vendor, List<String> names, Optional<String> firmware, String evidence) {

    private static final String FOLDER = "/sys/devices/virtual/dmi/id/";
    private static final Pattern LOGGED = Pattern.compile("(?m)^.*\\bDMI: (.{1,200}?), BIOS (.{1,80})$");
    private static final Pattern SAYS_NOTHING = Pattern.compile(
            "(?i)(?:|to be filled by o\\.?e\\.?m\\.?|default string|system (?:manufacturer|product name|version)|not (?:specified|applicable)|none|n/?a|unknown"
                    + "|x\\.x+|1\\.0|0+|masked-[0-9a-f]{8})");
    private static final int START_OF_LOG = 256 << 10;

    /** Copies the lists. */
    public Board {
        vendor = List.copyOf(vendor);
        names = List.copyOf(names);
    }

    /** Reads it; empty if neither firmware's words nor the log's line are there. */
    static Optional<Board> of(HostRoot host) {
        List<String> vendors = Stream.of("sys_vendor", "board_vendor").map(name -> word(host, name)).flatMap(Optional::stream).distinct().toList();
        List<String> names = Stream.of("product_name", "product_version", "board_name").map(name -> word(host, name)).flatMap(Optional::stream).distinct()
                .toList();
        if (names.isEmpty()) {
            return logged(host);
        }
        String firmware = Stream.of("bios_version", "bios_date").map(name -> word(host, name).orElse(null)).filter(Objects::nonNull)
                .reduce((version, date) -> version + " of " + date).orElse("");
        return Optional.of(new Board(vendors, names, Optional.of(firmware).filter(text -> !text.isEmpty()), FOLDER));
    }

    private static Optional<String> word(HostRoot host, String name) {
        return host.text(FOLDER + name).present().map(String::strip).filter(text -> !SAYS_NOTHING.matcher(text).matches());
    }

    /** {@code VENDOR PRODUCT/BOARD, BIOS VERSION DATE}; where the vendor ends it does not say. */
    private static Optional<Board> logged(HostRoot host) {
        Optional<String> log = host.output(HostCommand.DMESG).present().map(bytes -> new String(bytes, 0, Math.min(bytes.length, START_OF_LOG),
                StandardCharsets.UTF_8));
        Matcher line = LOGGED.matcher(log.orElse(""));
        if (!line.find()) {
            return Optional.empty();
        }
        List<String> names = Stream.of(line.group(1).split("/")).map(String::strip).filter(text -> !SAYS_NOTHING.matcher(text).matches()).toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(new Board(List.of(), names, Optional.of(line.group(2).strip()), "kernel log: DMI"));
    }

    /** For people: makers and names. */
    public String described() {
        return String.join(" ", Stream.concat(vendor.stream().limit(1), names.stream()).distinct().toList())
                + firmware.map(text -> ", firmware " + text).orElse("");
    }
}
