package dev.dmarshal.passthrough.plan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.boot.BootLine;
import dev.dmarshal.host.boot.BootReader;
import dev.dmarshal.host.boot.BootSetup;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.passthrough.boot.Parameters;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Something that must be so: before a step, after it, or for a plan as a whole. Files are looked at through {@link HostRoot}, so that a live host, a
 * capture and
 * a fake answer alike; guests through what runs them.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Condition.Text.class, name = "text"),
    @JsonSubTypes.Type(value = Condition.Link.class, name = "link"),
    @JsonSubTypes.Type(value = Condition.Missing.class, name = "missing"),
    @JsonSubTypes.Type(value = Condition.Exists.class, name = "exists"),
    @JsonSubTypes.Type(value = Condition.Members.class, name = "members"),
    @JsonSubTypes.Type(value = Condition.Digest.class, name = "digest"),
    @JsonSubTypes.Type(value = Condition.VfioNodes.class, name = "vfio-nodes"),
    @JsonSubTypes.Type(value = Condition.Parameter.class, name = "parameter"),
    @JsonSubTypes.Type(value = Condition.GuestHas.class, name = "guest-has"),
    @JsonSubTypes.Type(value = Condition.GuestKeeps.class, name = "guest-keeps")
})
public sealed interface Condition {

    /** What it is about: a path on the host, or a guest and a device. Conditions with the same path cannot both hold, unless they are equal. */
    String path();

    /** For people. */
    String inWords();

    /** Something that the host's files tell. */
    sealed interface OfFiles extends Condition {

        /** Looks at the host. */
        Answer on(HostRoot host);
    }

    /** What came of looking. */
    sealed interface Answer {

        /** Whether it is so; false also if it could not be measured. */
        default boolean holds() {
            return this instanceof Holds;
        }
    }

    /** It is so. */
    record Holds() implements Answer {
    }

    /** It is not so. @param found what is there instead, for people */
    record Fails(String found) implements Answer {
    }

    /** It could not be looked at. @param reason why */
    record Unmeasured(String reason) implements Answer {
    }

    /** A file's text, without white space at its end, is this; sysfs attributes end in a newline that nobody wrote. */
    record Text(String path, String value) implements OfFiles {

        @Override
        public Answer on(HostRoot host) {
            return answer(host.text(path), text -> text.stripTrailing().equals(value), text -> "\"" + text.stripTrailing() + "\"", "no such file");
        }

        @Override
        public String inWords() {
            return path + " says \"" + value + "\"";
        }
    }

    /** A symbolic link whose target's last name is this: the driver or the group of a device. */
    record Link(String path, String name) implements OfFiles {

        @Override
        public Answer on(HostRoot host) {
            return answer(host.linkName(path), name::equals, found -> found, "no such link");
        }

        @Override
        public String inWords() {
            return path + " leads to " + name;
        }
    }

    /** Nothing is at this path. */
    record Missing(String path) implements OfFiles {

        @Override
        public Answer on(HostRoot host) {
            return host.has(path) ? new Fails(host.linkName(path).present().map(name -> "leads to " + name).orElse("is there")) : new Holds();
        }

        @Override
        public String inWords() {
            return path + " is not there";
        }
    }

    /** Something is at this path. */
    record Exists(String path) implements OfFiles {

        @Override
        public Answer on(HostRoot host) {
            return host.has(path) ? new Holds() : new Fails("not there");
        }

        @Override
        public String inWords() {
            return path + " is there";
        }
    }

    /** A directory holds exactly these names: the members of an IOMMU group. */
    record Members(String path, List<String> names) implements OfFiles {

        /** Keeps the names sorted. */
        public Members {
            names = names.stream().sorted().toList();
        }

        @Override
        public Answer on(HostRoot host) {
            return answer(host.list(path), names::equals, List::toString, "no such directory");
        }

        @Override
        public String inWords() {
            return path + " holds exactly " + String.join(", ", names);
        }
    }

    /** A file's SHA-256, in hexadecimal: for what is private or long. */
    record Digest(String path, String sha256) implements OfFiles {

        @Override
        public Answer on(HostRoot host) {
            return answer(host.bytes(path), bytes -> of(bytes).equals(sha256), bytes -> "another content", "no such file");
        }

        @Override
        public String inWords() {
            return path + " has the content whose SHA-256 begins with " + sha256.substring(0, Math.min(8, sha256.length()));
        }

        /** The digest of some bytes. */
        public static String of(byte[] bytes) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        /** The digest of some text in UTF-8. */
        public static String of(String text) {
            return of(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * A function that vfio-pci has can be opened: each node that this kernel makes for it is there, of the group ({@code /dev/vfio/N}) and, since
     * Linux 6.6 with
     * iommufd, of the function alone ({@code /dev/vfio/devices/vfioN}). A driver that is bound without them helps no guest (drivers/vfio/group.c,
     * drivers/vfio/device_cdev.c).
     *
     * @param device the host's address of the function
     * @param group  the number of its group
     */
    record VfioNodes(String device, String group) implements OfFiles {

        @Override
        public String path() {
            return "/dev/vfio/" + group + "#" + device;
        }

        @Override
        public Answer on(HostRoot host) {
            List<String> missing = new ArrayList<>();
            int found = 0;
            for (String node : nodes(host)) {
                if (host.has(node)) {
                    found++;
                } else {
                    missing.add(node);
                }
            }
            if (!missing.isEmpty()) {
                return new Fails(String.join(", ", missing) + " is not there");
            }
            return found > 0 ? new Holds() : new Fails("the kernel has made no node for it");
        }

        /** The nodes that the kernel says it makes. */
        private List<String> nodes(HostRoot host) {
            List<String> nodes = new ArrayList<>();
            if (host.has("/sys/class/vfio/" + group)) {
                nodes.add("/dev/vfio/" + group);
            }
            String folder = "/sys/bus/pci/devices/" + device + "/vfio-dev";
            for (String name : host.list(folder).present().orElse(List.of())) {
                if (host.has(folder + "/" + name + "/dev")) {
                    nodes.add("/dev/vfio/devices/" + name);
                }
            }
            return nodes;
        }

        @Override
        public String inWords() {
            return "VFIO's nodes for " + device + " are there (/dev/vfio/" + group + ", /dev/vfio/devices/ where the kernel has them)";
        }
    }

    /**
     * The kernel's command line has a parameter, or has it not.
     *
     * @param when {@link #NOW} for the running kernel's, {@link #NEXT_BOOT} for what the boot loader hands over by default
     */
    record Parameter(String when, String parameter, boolean has) implements OfFiles {

        /** The running kernel's command line. */
        public static final String NOW = "now";
        /** What the boot loader hands over at the next boot. */
        public static final String NEXT_BOOT = "next-boot";

        /** Only these two moments are known. */
        public Parameter {
            if (!when.equals(NOW) && !when.equals(NEXT_BOOT)) {
                throw new IllegalArgumentException("no such moment: " + when);
            }
        }

        @Override
        public String path() {
            return "command line, " + when + ": " + parameter;
        }

        @Override
        public Answer on(HostRoot host) {
            BootSetup setup = BootReader.read(host);
            Optional<CommandLine> line = when.equals(NOW) ? setup.inForce() : setup.afterReboot().map(BootLine::linux);
            if (line.isEmpty()) {
                return new Unmeasured(String.join("; ", setup.unmeasured()));
            }
            return Parameters.has(line.get(), parameter) == has ? new Holds() : new Fails(line.get().render());
        }

        @Override
        public String inWords() {
            return (when.equals(NOW) ? "the running kernel's command line" : "the command line of the next boot") + (has ? " has " : " does not have ")
                    + parameter;
        }
    }

    /**
     * A guest has a host device, or has it not.
     *
     * @param device the host's address of the function, {@code dddd:bb:dd.f}
     */
    record GuestHas(Guest guest, String device, boolean has) implements Condition {

        @Override
        public String path() {
            return guest.via() + ":" + guest.name() + "/" + device;
        }

        @Override
        public String inWords() {
            return "guest " + guest.name() + (has ? " has " : " does not have ") + device;
        }
    }

    /**
     * A guest will have a host device at its next start, or will not: what its definition says.
     *
     * @param device the host's address of the function, {@code dddd:bb:dd.f}
     */
    record GuestKeeps(Guest guest, String device, boolean has) implements Condition {

        @Override
        public String path() {
            return guest.via() + ":" + guest.name() + "/" + device + "/definition";
        }

        @Override
        public String inWords() {
            return "the definition of guest " + guest.name() + (has ? " has " : " does not have ") + device;
        }
    }

    private static <T> Answer answer(Reading<T> reading, java.util.function.Predicate<T> right, java.util.function.Function<T, String> words, String absent) {
        return switch (reading) {
            case Reading.Present<T> present -> right.test(present.value()) ? new Holds() : new Fails(words.apply(present.value()));
            case Reading.Absent<T> _ -> new Fails(absent);
            case Reading.Denied<T> denied -> new Unmeasured(denied.reason());
            case Reading.Malformed<T> malformed -> new Fails(malformed.reason());
        };
    }
}
