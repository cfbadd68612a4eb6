package dev.dmarshal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house rules that a machine can hold: which room may use which, sizes, names. */
class TidyTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

    /** Room to the rooms that it may import. Packages inside core count as rooms of their own. */
    private static final Map<String, Set<String>> MATRIX = Map.ofEntries(
            Map.entry("core.memory", Set.of()),
            Map.entry("core.pci", Set.of("core.memory")),
            Map.entry("core.acpi", Set.of("core.memory", "core.pci")),
            Map.entry("core.image", Set.of("core.memory")),
            Map.entry("core.tables", Set.of("core.memory", "core.pci", "core.vtd", "core.unit")),
            Map.entry("core.vtd", Set.of("core.memory", "core.pci")),
            Map.entry("core.unit", Set.of("core.memory", "core.pci", "core.vtd", "core.acpi")),
            Map.entry("core.fault", Set.of("core.pci")),
            Map.entry("host", Set.of("core")),
            Map.entry("doctor", Set.of("core", "host")),
            Map.entry("passthrough", Set.of("core", "host", "doctor")),
            Map.entry("lab", Set.of("core", "host", "doctor")),
            Map.entry("cli", Set.of("core", "host", "doctor", "passthrough", "lab")),
            Map.entry("trials", Set.of("core", "host", "doctor", "passthrough", "lab", "cli")),
            Map.entry("bench", Set.of("core", "host", "doctor", "lab")));

    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?dev\\.dmarshal\\.([a-z]+)(?:\\.([a-z]+))?", Pattern.MULTILINE);
    private static final Pattern OUTSIDE = Pattern.compile("^import (?:static )?((?!java\\.|dev\\.dmarshal\\.)[a-z]+\\.[\\w.]+)", Pattern.MULTILINE);
    private static final Pattern IMPURE = Pattern.compile("^import (?:static )?java\\.(?:io\\.File|nio\\.file|nio\\.channels|net|time\\.Clock)",
            Pattern.MULTILINE);
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum) ([A-Z]\\w*)");
    private static final Pattern BANNED = Pattern.compile(".*(?:Utils?|Manager|Helper|Impl|Data|Info)$");
    private static final Pattern METHOD = Pattern.compile("^ {4}(?: {4})?(?!return|new|else|throw|if|for|while|switch|try)[\\w<][\\w<>\\[\\],"
            + " .?&@]*\\([^;]*\\{$");
    private static final int LONGEST_FILE = 500;
    private static final int LONGEST_TEST = 800;
    private static final int LONGEST_METHOD = 60;
    private static final int LONGEST_LINE = 170;

    @Test
    void importsFollowTheMatrix() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources("main")) {
            String room = room(file);
            Set<String> allowed = MATRIX.get(room);
            if (allowed == null) {
                wrong.add(file + ": no such room: " + room);
                continue;
            }
            Matcher use = IMPORT.matcher(Files.readString(file));
            while (use.find()) {
                String used = use.group(1).equals("core") && room.startsWith("core") ? "core." + use.group(2) : use.group(1);
                if (!used.equals(room) && !allowed.contains(used)) {
                    wrong.add(file + ": " + room + " must not use " + used);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void coreUsesOnlyTheJdkAndIsPure() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources("main")) {
            if (room(file).startsWith("core")) {
                String text = Files.readString(file);
                OUTSIDE.matcher(text).results().forEach(use -> wrong.add(file + " uses " + use.group(1)));
                IMPURE.matcher(text).results().forEach(use -> wrong.add(file + " is not pure: " + use.group()));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void filesAndMethodsFit() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String kind : List.of("main", "test")) {
            for (Path file : sources(kind)) {
                List<String> lines = Files.readAllLines(file);
                if (lines.size() > (kind.equals("main") ? LONGEST_FILE : LONGEST_TEST)) {
                    wrong.add(file + " has " + lines.size() + " lines");
                }
                lines.stream().filter(line -> line.length() > LONGEST_LINE).forEach(line -> wrong.add(file + ": too long: " + line.strip()));
                wrong.addAll(longMethods(file, lines));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void namesSayWhatThingsAre() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String kind : List.of("main", "test")) {
            for (Path file : sources(kind)) {
                TYPE.matcher(Files.readString(file)).results().map(type -> type.group(1)).filter(name -> BANNED.matcher(name).matches())
                        .forEach(name -> wrong.add(file + ": " + name));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyDependencyEarnsItsLine() throws IOException {
        String earned = Files.readString(ROOT.resolve("docs/dependencies.md"));
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        int from = pom.indexOf("<dependencyManagement>");
        Matcher artifact = Pattern.compile("<artifactId>([^<]+)</artifactId>").matcher(pom.substring(from, pom.indexOf("</dependencyManagement>")));
        List<String> missing = new ArrayList<>();
        while (artifact.find()) {
            if (!earned.contains("`" + artifact.group(1) + "`")) {
                missing.add(artifact.group(1));
            }
        }
        assertThat(missing).isEmpty();
    }

    private static List<String> longMethods(Path file, List<String> lines) {
        List<String> wrong = new ArrayList<>();
        for (int start = 0; start < lines.size(); start++) {
            String line = lines.get(start);
            if (METHOD.matcher(line).matches() && !line.contains("->")) {
                String close = " ".repeat(line.indexOf(line.strip())) + "}";
                int end = start + 1;
                while (end < lines.size() && !lines.get(end).equals(close)) {
                    end++;
                }
                if (end < lines.size() && end - start > LONGEST_METHOD) {
                    wrong.add(file + ":" + (start + 1) + ": a method of " + (end - start) + " lines");
                }
            }
        }
        return wrong;
    }

    private static String room(Path file) {
        Path packages = ROOT.relativize(file);
        String module = packages.getName(0).toString();
        // <module>/src/<kind>/java/dev/dmarshal/<module>/<package>/…
        return module.equals("core") && packages.getNameCount() > 8 ? "core." + packages.getName(7) : module;
    }

    private static List<Path> sources(String kind) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".java") && file.toString().contains("/src/" + kind + "/java/dev/"))
                    .sorted().toList();
            assertThat(found).isNotEmpty();
            return found;
        }
    }
}
