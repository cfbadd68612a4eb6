package dev.dmarshal.cli.tables;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.Resources;
import dev.dmarshal.core.pci.lspci.LspciListing;
import dev.dmarshal.core.pci.lspci.LspciReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One function of a dump that the user gave.
 *
 * @param address   where, if the dump says it
 * @param space     its configuration space
 * @param resources sizes of its regions, if the dump tells them
 * @param driver    its driver, if the dump tells it
 * @param group     its IOMMU group, if the dump tells it
 */
public record PciDump(Optional<Sbdf> address, ConfigSpace space, Resources resources, Optional<String> driver, OptionalInt group) {

    /** Most bytes read of a dump: some thousands of functions in full. */
    static final int MOST_BYTES = 256 << 20;

    private static final int SMALL_FILE = 1 << 16;

    /**
     * What a source held.
     *
     * @param name    as the user gave it
     * @param dumps   functions with at least one byte
     * @param missing what could not be read, in words
     */
    record Source(String name, List<PciDump> dumps, List<String> missing) {
    }

    /** Reads standard input. */
    static Source read(InputStream in) throws IOException {
        return of("standard input", in.readNBytes(MOST_BYTES), Resources.UNKNOWN, Optional.empty());
    }

    /** Reads a file: text of lspci, or the raw bytes of sysfs's {@code config}; a device's folder of sysfs stands for the {@code config} in it. */
    static Source read(Path path) throws IOException {
        Path file = Files.isDirectory(path) ? path.resolve("config") : path;
        if (!Files.isReadable(file)) {
            String why = Files.exists(file) ? "cannot be read" : file.equals(path) ? "no such file or directory" : "a folder without a file \"config\"";
            return new Source(path.toString(), List.of(), List.of(path + ": " + why));
        }
        Path folder = file.toAbsolutePath().getParent();
        boolean device = file.getFileName().toString().equals("config");
        Resources resources = device ? Resources.ofSysfs(beside(folder, "resource")) : Resources.UNKNOWN;
        try (InputStream in = Files.newInputStream(file)) {
            return of(path.toString(), in.readNBytes(MOST_BYTES), resources, device ? address(folder) : Optional.empty());
        }
    }

    private static String beside(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.isReadable(file)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(SMALL_FILE), StandardCharsets.UTF_8);
        }
    }

    private static Optional<Sbdf> address(Path folder) {
        return folder.getFileName() == null ? Optional.empty() : Sbdf.parse(folder.getFileName().toString());
    }

    private static Source of(String name, byte[] bytes, Resources resources, Optional<Sbdf> address) {
        if (raw(bytes)) {
            return new Source(name, List.of(new PciDump(address, ConfigSpace.of(bytes), resources, Optional.empty(), OptionalInt.empty())), List.of());
        }
        LspciListing listing = LspciReader.read(new String(bytes, StandardCharsets.ISO_8859_1));
        List<PciDump> dumps = listing.devices().stream().filter(device -> device.space().end() > 0).map(device -> new PciDump(Optional.of(device.address()),
                device.space(), device.resources(), device.driver(), device.group())).toList();
        List<String> missing = new ArrayList<>();
        int bare = listing.devices().size() - dumps.size();
        if (dumps.isEmpty()) {
            missing.add(name + ": no configuration space in it" + (bare > 0 ? ": " + bare + " functions, but no hexadecimal dump; make one with lspci -xxxx"
                    + " as root"
                    : "; wanted is the output of lspci -x, -xxx or -xxxx, or a file \"config\" of sysfs"));
        } else if (bare > 0) {
            missing.add(name + ": " + bare + " functions have no hexadecimal dump");
        }
        if (!listing.skipped().isEmpty()) {
            missing.add(name + ": lines that look like parts of a dump and are none, the first at line " + listing.skipped().getFirst());
        }
        return new Source(name, dumps, missing);
    }

    /** A text has no byte 0 and no other control characters; a configuration space has, but for the rarest chance. */
    private static boolean raw(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > ConfigSpace.EXTENDED_BYTES) {
            return false;
        }
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f') {
                return true;
            }
        }
        return false;
    }
}
