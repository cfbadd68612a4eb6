package dev.dmarshal.host.capture;

import dev.dmarshal.host.files.Paths;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Masks what was read of a machine, each thing as its row of the list of inputs says. */
final class Masker {

    private static final int EXTENDED = 0x100;
    private static final int SERIAL_CAPABILITY = 0x0003;
    private static final int SERIAL_BYTES = 8;
    private static final int CAPABILITY_ROOM = (4096 - EXTENDED) / 4;
    /** Mount points that every machine may have; other names are their owner's. */
    private static final Set<String> ORDINARY_FOLDERS = Set.of(("boot efi esp grub home root var usr local tmp opt srv mnt media run user lock dev shm pts"
            + " mqueue"
            + " hugepages proc sys fs cgroup unified pstore bpf kernel debug tracing security config fuse connections firmware efivars log lib cache nix"
                    + " store gnu"
            + " snap libvirt images pve lxcfs data credentials binfmt_misc rpc_pipefs xenfs xen swap .snapshots etc").split(" "));

    private static final String UDEV_LABEL = "E:ID_FS_LABEL=";
    private static final Pattern UDEV_KEPT = Pattern.compile("E:(?:ID_FS_TYPE|ID_FS_LABEL|ID_PART_ENTRY_TYPE)=");

    private final Masks masks;
    private final Scrubber scrubber;
    private final Map<String, String> names = new HashMap<>();

    Masker(Masks masks, Scrubber scrubber) {
        this.masks = masks;
        this.scrubber = scrubber;
    }

    /** Content as it goes into the capture. */
    byte[] content(Collected.Content content) {
        return switch (content.privacy()) {
            case OPEN -> content.bytes();
            case CONFIG -> config(content.bytes());
            case TEXT, FULL -> bytes(scrubber.scrub(text(content.bytes())));
            case MOUNTS -> bytes(text(content.bytes()).lines().map(this::mount).collect(Collectors.joining("\n", "", "\n")));
            case UDEV -> bytes(udev(text(content.bytes())));
            case ROUTES -> bytes(text(content.bytes()).lines().map(this::route).collect(Collectors.joining("\n", "", "\n")));
            case SECRET -> secret(content.bytes());
        };
    }

    /** A path, each of its names masked if it says too much; {@code /} stays where it is. */
    String path(String path) {
        List<String> masked = new ArrayList<>();
        String above = "";
        for (String name : path.split("/", -1)) {
            masked.add(name(above, name));
            above = name;
        }
        return String.join("/", masked);
    }

    /** Most names come up again and again. Names in {@code by-uuid} and the like are told by their folder. */
    private String name(String above, String name) {
        if (name.length() < 4) {
            return name;
        }
        if (!above.startsWith("by-") && !above.equals("home")) {
            return names.computeIfAbsent(name, scrubber::scrub);
        }
        String masked = scrubber.scrub("/" + above + "/" + name);
        return Paths.last(masked);
    }

    private static String text(byte[] bytes) {
        // One character for each byte, so that whatever is no UTF-8 stays what it is.
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] secret(byte[] bytes) {
        String value = text(bytes).strip();
        return value.isEmpty() ? bytes : bytes(scrubber.whole("masked", value) + "\n");
    }

    /** The Device Serial Number (PCI Express Base, section 7.9.3), found along the list of extended capabilities. */
    private byte[] config(byte[] config) {
        byte[] masked = config.clone();
        int at = EXTENDED;
        for (int walked = 0; at >= EXTENDED && at + 4 + SERIAL_BYTES <= masked.length && walked < CAPABILITY_ROOM; walked++) {
            int header = masked[at] & 0xff | (masked[at + 1] & 0xff) << 8 | (masked[at + 2] & 0xff) << 16 | (masked[at + 3] & 0xff) << 24;
            if ((header & 0xffff) == SERIAL_CAPABILITY) {
                byte[] serial = Arrays.copyOfRange(config, at + 4, at + 4 + SERIAL_BYTES);
                System.arraycopy(masks.bytes(serial, SERIAL_BYTES), 0, masked, at + 4, SERIAL_BYTES);
            }
            at = header >>> 20 & ~3;
        }
        return masked;
    }

    /** {@code SOURCE POINT TYPE OPTIONS 0 0}: what comes over a network is nobody's business here, nor how people name their folders. */
    private String mount(String line) {
        int dash = line.indexOf(" - ");
        if (dash > 0) {
            return numbered(line.substring(0, dash), line.substring(dash + 3));
        }
        String[] fields = line.split(" ", -1);
        if (fields.length < 4) {
            return scrubber.scrub(line);
        }
        String source = fields[0];
        boolean network = source.startsWith("//") || source.contains(":") && !source.startsWith("/dev/");
        boolean zfs = fields[2].equals("zfs");
        fields[1] = folders(fields[1]);
        if (network) {
            fields[0] = masks.word("masked", source);
            fields[3] = fields[3].startsWith("ro") ? "ro" : "rw";
        } else if (zfs) {
            fields[0] = folders(source);
        }
        return scrubber.scrub(String.join(" ", fields));
    }

    /**
     * A line of mountinfo: {@code ID PARENT MAJOR:MINOR ROOT POINT OPTIONS …}, a dash, {@code TYPE SOURCE OPTIONS}. The right side is masked as a line of
     * mounts, which has the same words in another order.
     */
    private String numbered(String left, String right) {
        String[] before = left.split(" ", -1);
        String[] after = right.split(" ", -1);
        if (before.length < 6 || after.length < 3) {
            return scrubber.scrub(left + " - " + right);
        }
        String[] mount = mount(after[1] + " " + before[4] + " " + after[0] + " " + after[2]).split(" ", -1);
        before[3] = scrubber.scrub(folders(before[3]));
        before[4] = mount[1];
        return String.join(" ", before) + " - " + mount[2] + " " + mount[0] + " " + mount[3];
    }

    /** The label of a pool is in the table of mounts too, where it stays. */
    private String udev(String text) {
        boolean pool = text.contains("E:ID_FS_TYPE=zfs_member");
        return text.lines().filter(line -> UDEV_KEPT.matcher(line).lookingAt()).map(line -> line.startsWith(UDEV_LABEL) && !pool
                ? UDEV_LABEL + scrubber.whole("masked", line.substring(UDEV_LABEL.length())) : line).collect(Collectors.joining("\n", "", "\n"));
    }

    /** The first name of a data set is its pool; of a mount point it is empty. */
    private String folders(String path) {
        List<String> masked = new ArrayList<>();
        for (String name : path.split("/", -1)) {
            boolean pool = masked.isEmpty();
            masked.add(pool || name.isEmpty() || ORDINARY_FOLDERS.contains(name) || name.matches("[0-9]{1,6}|ROOT|subvol-[0-9]+-disk-[0-9]+") ? name
                    : masks.word("masked", name));
        }
        return String.join("/", masked);
    }

    /** {@code Iface Destination Gateway Flags …}, addresses as eight hexadecimal digits; all zeros stand for "any". */
    private String route(String line) {
        String[] fields = line.split("\t", -1);
        for (int i = 1; i <= 2 && fields.length > 2; i++) {
            String address = fields[i].strip();
            if (address.matches("[0-9A-F]{8}") && !address.equals("00000000")) {
                fields[i] = masks.hex("route", address);
            }
        }
        return scrubber.scrub(String.join("\t", fields));
    }
}
