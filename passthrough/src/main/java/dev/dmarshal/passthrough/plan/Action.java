package dev.dmarshal.passthrough.plan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One thing that is done to a host, as data. What does it is {@code apply.Machine}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Action.Write.class, name = "write"),
    @JsonSubTypes.Type(value = Action.Replace.class, name = "replace"),
    @JsonSubTypes.Type(value = Action.Delete.class, name = "delete"),
    @JsonSubTypes.Type(value = Action.Run.class, name = "run"),
    @JsonSubTypes.Type(value = Action.Attach.class, name = "attach"),
    @JsonSubTypes.Type(value = Action.Detach.class, name = "detach"),
    @JsonSubTypes.Type(value = Action.Reboot.class, name = "reboot")
})
public sealed interface Action {

    /** For people, and near enough to a shell that they can do it by hand. */
    String inWords();

    /** Writes a sysfs attribute. The kernel acts within the write, and some writes never return. */
    record Write(String path, String value) implements Action {

        @Override
        public String inWords() {
            return "write \"" + value + "\" to " + path;
        }
    }

    /** Puts a whole file in the place of the old one, at once (write beside it, flush, rename). */
    record Replace(String path, String text) implements Action {

        @Override
        public String inWords() {
            return "replace " + path;
        }
    }

    /** Removes a file that a step of the same plan made. */
    record Delete(String path) implements Action {

        @Override
        public String inWords() {
            return "remove " + path;
        }
    }

    /** Runs a program with these arguments, no shell between. */
    record Run(List<String> command) implements Action {

        /** Keeps its own copy. */
        public Run {
            command = List.copyOf(command);
        }

        @Override
        public String inWords() {
            return "run " + String.join(" ", command);
        }

        /**
         * Whether more is to be done than can be seen, so that it is run once more where it may have been ended half way: {@code xl pci-assignable-add} binds a
         * device first and puts it in quarantine after (tools/libs/light/libxl_pci.c). Running it twice does no harm.
         */
        public boolean unseen() {
            return command.getFirst().equals("xl");
        }
    }

    /**
     * Plugs a host device into a guest.
     *
     * @param device  the host's address of the function, {@code dddd:bb:dd.f}
     * @param options what the guest's side needs, by names of its own: {@code bus}, {@code addr}, {@code multifunction}…
     */
    record Attach(Guest guest, String device, Map<String, String> options) implements Action {

        /** Keeps its own copy, in the order of names. */
        public Attach {
            options = Collections.unmodifiableMap(new TreeMap<>(options));
        }

        @Override
        public String inWords() {
            String words = "plug " + device + " into " + (options.getOrDefault("affect", "live").equals("config") ? "the definition of " : "") + "guest "
                    + guest.name();
            return switch (guest.via()) {
                case "qemu" -> words + ": " + new DeviceAdd(device, options).json();
                case "libvirt" -> words + " " + options.getOrDefault("xml", "").replaceAll("\\s*\n\\s*", "");
                default -> words + (options.isEmpty() ? "" : " " + options);
            };
        }
    }

    /**
     * Asks a guest to let go of a host device, and waits until it has.
     *
     * @param options what the way to the guest needs, such as {@code affect}
     */
    record Detach(Guest guest, String device, Map<String, String> options) implements Action {

        /** Keeps its own copy, in the order of names. */
        public Detach {
            options = Collections.unmodifiableMap(new TreeMap<>(options));
        }

        /** From the running guest. */
        public Detach(Guest guest, String device) {
            this(guest, device, Map.of());
        }

        @Override
        public String inWords() {
            return "unplug " + device + " from " + (options.getOrDefault("affect", "live").equals("config") ? "the definition of " : "") + "guest "
                    + guest.name() + (guest.via().equals("qemu") ? " (device_del, by the id that QEMU has it under)" : "");
        }
    }

    /** Waits for the administrator to restart the host; dmarshal never does. */
    record Reboot() implements Action {

        @Override
        public String inWords() {
            return "restart the host, then: dmarshal resume";
        }
    }
}
