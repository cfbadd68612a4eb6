package dev.dmarshal.lab.play;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import dev.dmarshal.lab.machine.MachineSpec;
import dev.dmarshal.lab.machine.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the text of a play: a word and what it says on each line, scripts indented below theirs. Complaints name the line. Used once. */
public final class PlayReader {

    private static final Duration USUAL_LIMIT = Duration.ofSeconds(60);

    private final String name;
    private final MachineSpec.Builder machine = MachineSpec.builder();
    private final List<String> load = new ArrayList<>();
    private final List<String> offer = new ArrayList<>();
    private final Map<String, String> mounts = new LinkedHashMap<>();
    private final List<Act> acts = new ArrayList<>();
    private String summary = "";
    private String kernel = "linux-6.1";
    private String commandLine = "intel_iommu=on";
    private Optional<String> root = Optional.empty();
    private Optional<String> xen = Optional.empty();
    private Optional<String> secondKernel = Optional.empty();
    private boolean withDmarshal;
    private int processors = 1;
    private String processor = "max";
    private int at;

    private PlayReader(String name) {
        this.name = name;
    }

    /** Reads a file. */
    public static Play file(Path file) throws LabFailure {
        try {
            return text(file.getFileName().toString(), Files.readString(file));
        } catch (IOException e) {
            throw new LabFailure(Kind.DESCRIPTION, "cannot read the play " + file, e);
        }
    }

    /** Names of the plays that come with the lab. */
    public static List<String> builtIn() throws LabFailure {
        return resource("index.txt").lines().filter(line -> !line.isBlank()).toList();
    }

    /** A play that comes with the lab. */
    public static Play builtIn(String name) throws LabFailure {
        if (!builtIn().contains(name)) {
            throw new LabFailure(Kind.DESCRIPTION, "no play is called " + name + "; there are " + String.join(", ", builtIn()));
        }
        return text(name, resource(name + ".play"));
    }

    /** Reads a play's text. */
    public static Play text(String name, String text) throws LabFailure {
        return new PlayReader(name).read(text.lines().toList());
    }

    private static String resource(String name) throws LabFailure {
        try (InputStream in = PlayReader.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new LabFailure(Kind.MISSING, "the lab lacks its resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "cannot read the lab's resource " + name, e);
        }
    }

    private Play read(List<String> lines) throws LabFailure {
        while (at < lines.size()) {
            String line = lines.get(at++);
            if (line.isBlank() || line.startsWith("#")) {
                if (summary.isEmpty() && line.startsWith("#")) {
                    summary = line.substring(1).strip();
                }
                continue;
            }
            String[] words = line.strip().split("\\s+", 2);
            String rest = words.length > 1 ? words[1] : "";
            if (words[0].equals("script") || words[0].equals("crash")) {
                acts.add(act(words[0].equals("crash"), rest, lines));
            } else {
                take(words[0], rest);
            }
        }
        machine.processors(processors, processor);
        try {
            return new Play(name, summary, machine.build(), kernel, commandLine, List.copyOf(load), List.copyOf(offer), root, xen, Map.copyOf(mounts),
                    withDmarshal,
                    secondKernel, List.copyOf(acts));
        } catch (LabFailure e) {
            throw new LabFailure(Kind.DESCRIPTION, name + ": " + e.getMessage());
        }
    }

    private void take(String word, String rest) throws LabFailure {
        switch (word) {
            case "kernel" -> kernel = one(rest);
            case "cmdline" -> commandLine = rest;
            case "memory" -> machine.memory(number(rest));
            case "cpus" -> processors = number(rest);
            case "cpu" -> processor = one(rest);
            case "clock" -> clock(rest);
            case "iommu" -> iommu(rest);
            case "part" -> part(rest);
            case "load" -> load.addAll(List.of(rest.split("\\s+")));
            case "offer" -> offer.addAll(List.of(rest.split("\\s+")));
            case "root" -> root = Optional.of(one(rest));
            case "xen" -> xen = Optional.of(rest);
            case "share" -> share(rest);
            case "memory-file" -> machine.memoryFile(Path.of(one(rest)).toAbsolutePath());
            case "second-kernel" -> secondKernel = Optional.of(one(rest));
            case "dmarshal" -> withDmarshal = true;
            default -> throw wrong("nothing is called \"" + word + "\"");
        }
    }

    private void clock(String rest) throws LabFailure {
        if (!rest.equals("counted")) {
            throw wrong("a clock is \"counted\", or not spoken of");
        }
        machine.countedTime();
    }

    private void iommu(String rest) throws LabFailure {
        if (rest.equals("none")) {
            machine.withoutIommu();
            return;
        }
        for (String option : rest.split("\\s+")) {
            String[] pair = pair(option);
            machine.iommu(pair[0], pair[1]);
        }
    }

    private void part(String rest) throws LabFailure {
        String[] words = rest.split("\\s+");
        if (words.length < 2) {
            throw wrong("a part has a model and a name, such as \"part edu edu0 at=02.0\"");
        }
        Part part = Part.device(words[0], words[1]);
        for (int i = 2; i < words.length; i++) {
            String[] pair = pair(words[i]);
            part = switch (pair[0]) {
                case "on" -> part.on(pair[1]);
                case "at" -> part.at(pair[1]);
                case "acs" -> pair[1].equals("off") ? part.withoutAcs() : part;
                default -> part.with(pair[0], pair[1]);
            };
        }
        machine.part(part);
    }

    private void share(String rest) throws LabFailure {
        String[] words = rest.split("\\s+");
        if (words.length != 3) {
            throw wrong("a share has a tag, a folder here and a folder inside");
        }
        machine.share(words[0], Path.of(words[1]).toAbsolutePath());
        mounts.put(words[0], words[2]);
    }

    private Act act(boolean ends, String rest, List<String> lines) throws LabFailure {
        Duration limit = rest.isEmpty() ? USUAL_LIMIT : Duration.ofSeconds(number(rest));
        StringBuilder script = new StringBuilder();
        while (at < lines.size() && (lines.get(at).isBlank() || Character.isWhitespace(lines.get(at).charAt(0)))) {
            script.append(lines.get(at++)).append('\n');
        }
        if (script.toString().isBlank()) {
            throw wrong("a script has lines below it that begin with a space");
        }
        return new Act(script.toString().stripTrailing().stripIndent() + "\n", limit, ends);
    }

    private String one(String rest) throws LabFailure {
        if (rest.isEmpty() || rest.contains(" ")) {
            throw wrong("one word is expected, not \"" + rest + "\"");
        }
        return rest;
    }

    private int number(String rest) throws LabFailure {
        if (!rest.matches("[0-9]{1,5}") || Integer.parseInt(rest) == 0) {
            throw wrong("a number from 1 to 99999 is expected, not \"" + rest + "\"");
        }
        return Integer.parseInt(rest);
    }

    private String[] pair(String option) throws LabFailure {
        int equals = option.indexOf('=');
        if (equals < 1 || equals == option.length() - 1) {
            throw wrong("name=value is expected, not \"" + option + "\"");
        }
        return new String[] {option.substring(0, equals), option.substring(equals + 1)};
    }

    private LabFailure wrong(String what) {
        return new LabFailure(Kind.DESCRIPTION, name + ":" + at + ": " + what);
    }
}
