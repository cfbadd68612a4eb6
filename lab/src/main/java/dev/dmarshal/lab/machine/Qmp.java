package dev.dmarshal.lab.machine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import dev.dmarshal.lab.guest.Line;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * QEMU's machine protocol (docs/interop/qmp-spec in QEMU): hot-plug and unplug, dumps of the guest's memory. One thread at a time.
 * Answers and events are JSON texts; what is inside is for the caller.
 */
public final class Qmp {

    private static final JsonFactory JSON = new JsonFactory();

    /** A processor's heading and the line of its registers that tells where it stands, in the answer to {@code info registers -a}. */
    private static final Pattern PROCESSOR = Pattern.compile("CPU#([0-9]+)|[RE]IP=([0-9a-f]+) [^\\\\]*CPL=([0-3])[^\\\\]*HLT=([01])");

    private final Line line;
    private final Duration patience;
    private final List<String> events = new ArrayList<>();

    Qmp(Line line, Duration patience) throws LabFailure {
        this.line = line;
        this.patience = patience;
        line.readLine(deadline(patience));
        execute("qmp_capabilities", Map.of());
    }

    /**
     * Executes a command and gives its {@code return} as JSON.
     *
     * @param arguments values are strings, numbers or booleans
     */
    public String execute(String command, Map<String, ?> arguments) throws LabFailure {
        return execute(command, arguments, patience);
    }

    /** The same with another patience, for commands that write much. */
    public String execute(String command, Map<String, ?> arguments, Duration limit) throws LabFailure {
        long deadline = deadline(limit);
        line.write(request(command, arguments), deadline);
        while (true) {
            String answer = line.readLine(deadline).strip();
            switch (firstField(answer)) {
                case "return" -> {
                    return answer;
                }
                case "error" -> throw new LabFailure(Kind.REFUSED, "QEMU refused " + command + ": " + answer);
                default -> events.add(answer);
            }
        }
    }

    /** Where each processor of the machine stands, in one line: its number, instruction pointer, privilege level, and whether it is halted. */
    public String processors() throws LabFailure {
        Matcher matcher = PROCESSOR.matcher(execute("human-monitor-command", Map.of("command-line", "info registers -a")));
        StringJoiner all = new StringJoiner(", ");
        String number = "";
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                number = matcher.group(1);
            } else {
                all.add("CPU" + number + " at " + matcher.group(2) + " CPL" + matcher.group(3) + (matcher.group(4).equals("1") ? " halted" : ""));
            }
        }
        return all.toString();
    }

    /** Waits for an event of that name, such as {@code DEVICE_DELETED}, and gives it as JSON; one that came earlier and was not asked for yet will do. */
    public String awaitEvent(String name, Duration limit) throws LabFailure {
        long deadline = deadline(limit);
        String mark = "\"event\": \"" + name + "\"";
        while (true) {
            for (int i = 0; i < events.size(); i++) {
                if (events.get(i).contains(mark)) {
                    return events.remove(i);
                }
            }
            events.add(line.readLine(deadline).strip());
        }
    }

    /** Writes guest-physical memory to a file of this machine. */
    public void saveMemory(long address, long sizeBytes, java.nio.file.Path file) throws LabFailure {
        execute("pmemsave", Map.of("val", address, "size", sizeBytes, "filename", file.toString()), Duration.ofMinutes(2));
    }

    /** Writes the guest's whole memory as an ELF core, as {@code /proc/vmcore} would show it. */
    public void dumpMemory(java.nio.file.Path file) throws LabFailure {
        execute("dump-guest-memory", Map.of("paging", false, "protocol", "file:" + file), Duration.ofMinutes(2));
    }

    private static long deadline(Duration limit) {
        return System.nanoTime() + limit.toNanos();
    }

    private static String request(String command, Map<String, ?> arguments) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("execute", command);
            json.writeObjectFieldStart("arguments");
            for (Map.Entry<String, ?> argument : arguments.entrySet()) {
                json.writeFieldName(argument.getKey());
                json.writeObject(argument.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalArgumentException("not JSON: " + arguments, e);
        }
        return text + "\n";
    }

    /** The deciding field of an answer: QEMU may put {@code id} or {@code timestamp} first. */
    private static String firstField(String answer) throws LabFailure {
        try (JsonParser json = JSON.createParser(answer)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (name.equals("return") || name.equals("error") || name.equals("event")) {
                    return name;
                }
                json.nextToken();
                json.skipChildren();
            }
        } catch (IOException e) {
            throw new LabFailure(Kind.GARBLED, "QEMU's answer is no JSON: " + answer, e);
        }
        throw new LabFailure(Kind.GARBLED, "QEMU's answer is neither return, error nor event: " + answer);
    }
}
