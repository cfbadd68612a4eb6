package dev.dmarshal.passthrough.plan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** One thing that is done to a host, as data. What does it is {@code apply.Machine}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Action.Write.class, name = "write"),
    @JsonSubTypes.Type(value = Action.Replace.class, name = "replace"),
    @JsonSubTypes.Type(value = Action.Delete.class, name = "delete"),
    @JsonSubTypes.Type(value = Action.Run.class, name = "run"),
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
    }

    /** Waits for the administrator to restart the host; dmarshal never does. */
    record Reboot() implements Action {

        @Override
        public String inWords() {
            return "restart the host, then: dmarshal resume";
        }
    }
}
