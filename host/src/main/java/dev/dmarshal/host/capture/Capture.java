package dev.dmarshal.host.capture;

import com.github.luben.zstd.ZstdOutputStream;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.files.CaptureLayout;
import dev.dmarshal.host.files.Completeness;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was read of a machine, ready to be written: a {@code tar.zst} with {@code manifest.json}, the machine's files under {@code root/} and the output of
 * programs under {@code output/}. Personal data is masked, unless all was asked for.
 */
public final class Capture {

    private static final int LEVEL = 9;
    private static final int KEY_BYTES = 32;
    private static final Pattern USER = Pattern.compile("(?m)^([^:\n]+):[^:\n]*:([0-9]{4,5}):[0-9]+:([^:\n]*):");
    private static final int FIRST_USER = 1000;
    private static final int LAST_USER = 60_000;

    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, String> links = new TreeMap<>();
    private final Set<String> folders = new TreeSet<>();
    private final Map<String, byte[]> outputs = new TreeMap<>();
    private final Manifest manifest;

    private Capture(Collected collected, Manifest manifest) {
        this.manifest = manifest;
        collected.files.forEach((path, content) -> files.put(path, content.bytes()));
        links.putAll(collected.links);
        folders.addAll(collected.folders);
        collected.outputs.forEach((command, content) -> outputs.put(command.fileName(), content.bytes()));
    }

    /**
     * How a capture is made.
     *
     * @param full   whether nothing is masked
     * @param writer the program and its version
     * @param taken  when, as an ISO instant
     * @param key    at least 32 random bytes, by which values are masked; kept nowhere
     */
    public record Making(boolean full, String writer, String taken, byte[] key) {

        /** Takes a copy of the key. */
        public Making {
            if (key.length < KEY_BYTES) {
                throw new IllegalArgumentException("a key of " + key.length + " bytes");
            }
            key = key.clone();
        }
    }

    /** Reads all inputs of a machine, and masks them. */
    public static Capture of(HostRoot host, Inputs inputs, Making making) {
        Collected collected = InputReader.read(host, inputs, making.full());
        Optional<String> kernel = host.text("/proc/sys/kernel/osrelease").present().map(String::strip);
        Collected ready = making.full() ? collected : masked(host, collected, making.key());
        Completeness completeness = new Completeness(false, new HashMap<>(ready.looked), new HashMap<>(ready.denied));
        int entries = ready.files.size() + ready.links.size() + ready.outputs.size();
        return new Capture(ready, new Manifest(Manifest.VERSION, Optional.of(making.writer()), kernel, Optional.of(making.taken()), making.full(), entries,
                completeness, ready.withheld, List.copyOf(ready.cut)));
    }

    /** What the capture says of itself: among other things what could not be read, and why. */
    public Manifest manifest() {
        return manifest;
    }

    /** Bytes of all files and outputs, before they are packed. */
    public long sizeBytes() {
        return files.values().stream().mapToLong(bytes -> bytes.length).sum() + outputs.values().stream().mapToLong(bytes -> bytes.length).sum();
    }

    /** Writes the archive; the manifest comes first. */
    public void write(OutputStream target) throws IOException {
        try (ZstdOutputStream packed = new ZstdOutputStream(target, LEVEL)) {
            packed.setChecksum(true);
            TarWriter tar = new TarWriter(packed);
            tar.file(Manifest.FILE, manifest.render());
            for (Map.Entry<String, byte[]> output : outputs.entrySet()) {
                tar.file(CaptureLayout.OUTPUT + "/" + output.getKey(), output.getValue());
            }
            for (String folder : folders) {
                tar.folder(CaptureLayout.ROOT + folder);
            }
            for (Map.Entry<String, String> link : links.entrySet()) {
                tar.link(CaptureLayout.ROOT + link.getKey(), link.getValue());
            }
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                tar.file(CaptureLayout.ROOT + file.getKey(), file.getValue());
            }
            tar.end();
        }
    }

    private static Collected masked(HostRoot host, Collected collected, byte[] key) {
        Masks masks = new Masks(key);
        Scrubber scrubber = new Scrubber(masks);
        scrubber.know("user", users(host));
        collected.files.forEach((path, content) -> {
            if (content.privacy() == Privacy.SECRET) {
                String value = new String(content.bytes(), StandardCharsets.ISO_8859_1).strip();
                boolean name = path.endsWith("hostname");
                scrubber.know("masked", name && value.contains(".") ? List.of(value, value.substring(0, value.indexOf('.')),
                        value.substring(value.indexOf('.') + 1))
                        : List.of(value));
            }
        });
        Masker masker = new Masker(masks, scrubber);
        Collected ready = new Collected();
        collected.files.forEach((path, content) -> ready.files.put(masker.path(path), new Collected.Content(masker.content(content), content.privacy())));
        collected.links.forEach((path, target) -> ready.links.put(masker.path(path), masker.path(target)));
        collected.folders.forEach(path -> ready.folders.add(masker.path(path)));
        collected.withheld.forEach((path, why) -> ready.withheld.put(masker.path(path), masker.path(why)));
        collected.denied.forEach((path, why) -> ready.denied.put(masker.path(path), masker.path(why)));
        collected.looked.forEach((folder, names) -> names.forEach(name -> ready.looked(masker.path(folder), masker.path(name))));
        collected.cut.forEach(path -> ready.cut.add(masker.path(path)));
        collected.outputs.forEach((command, content) -> ready.outputs.put(command, new Collected.Content(output(command, masker, content), content.privacy())));
        return ready;
    }

    /** Names of guests are their owner's; the first column of {@code xl list} has them, under a heading. */
    private static byte[] output(HostCommand command, Masker masker, Collected.Content content) {
        if (command != HostCommand.XL_LIST) {
            return masker.content(content);
        }
        String text = new String(masker.content(content), StandardCharsets.ISO_8859_1);
        StringBuilder masked = new StringBuilder();
        int guest = 0;
        for (String line : text.split("\n")) {
            boolean keep = line.startsWith("Name ") || line.startsWith("Domain-0 ") || !line.contains(" ");
            masked.append(keep ? line : "guest-" + ++guest + line.substring(line.indexOf(' '))).append('\n');
        }
        return masked.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** People's accounts, by the numbers that distributions give them, and the names of their folders. */
    private static Set<String> users(HostRoot host) {
        Set<String> users = new HashSet<>(host.list("/home").present().orElse(List.of()));
        Matcher account = USER.matcher(host.text("/etc/passwd").present().orElse(""));
        while (account.find()) {
            int number = Integer.parseInt(account.group(2));
            if (number >= FIRST_USER && number < LAST_USER) {
                users.add(account.group(1));
                users.addAll(List.of(account.group(3).split("[, ]+")));
            }
        }
        return users;
    }
}
