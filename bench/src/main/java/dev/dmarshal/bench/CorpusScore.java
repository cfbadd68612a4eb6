package dev.dmarshal.bench;

import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Scope;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Scores the doctor on a corpus of field reports: {@code CorpusScore [-v] [--even | --odd | --held-out | --seen] DIR}. Of each case: is the first answer's
 * class right, a later one's, none's, or is there no answer. {@code -v} lists the cases whose first answer is not right; {@code --even} and {@code --odd} take
 * the cases with such numbers only, {@code --held-out} those whose number three divides, which were not looked at while rules were written in the third
 * session, and {@code --seen} the others.
 */
public final class CorpusScore {

    private static final Pattern UNPROTECTS = Pattern.compile("(?:intel_iommu|amd_iommu|iommu)=off|iommu=pt|iommu\\.passthrough=1|pcie_acs_override"
            + "|allow_unsafe_interrupts|intremap=off|unsafe_noiommu");

    private CorpusScore() {
    }

    /** Runs the score; see the class comment. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(arguments));
        boolean list = words.remove("-v");
        boolean even = words.remove("--even");
        boolean odd = words.remove("--odd");
        boolean heldOut = words.remove("--held-out");
        boolean seen = words.remove("--seen");
        if (words.size() != 1 || even && odd || heldOut && seen || !Files.isRegularFile(Path.of(words.getFirst(), "render.py"))) {
            System.err.println("usage: bench/corpus [-v] [--even | --odd | --held-out | --seen] DIR   (DIR holds render.py and NNN/case.json, NNN/label.json)");
            System.exit(64);
        }
        Path corpus = Path.of(words.getFirst());
        List<CorpusCase> cases = new ArrayList<>();
        for (String name : names(corpus)) {
            int number = Integer.parseInt(name);
            boolean parity = even && number % 2 == 1 || odd && number % 2 == 0;
            boolean third = heldOut && number % 3 != 0 || seen && number % 3 == 0;
            if (!parity && !third) {
                cases.add(CorpusCase.judge(corpus, name));
            }
        }
        print(cases, System.out);
        if (list) {
            list(cases, System.out);
        }
    }

    private static List<String> names(Path corpus) throws IOException {
        try (Stream<Path> folders = Files.list(corpus)) {
            return folders.map(folder -> folder.getFileName().toString()).filter(name -> name.matches("[0-9]+")).sorted().toList();
        }
    }

    private static void print(List<CorpusCase> cases, PrintStream out) {
        out.printf("%-34s %5s %5s %5s %5s %6s  %s%n", "", "cases", "first", "later", "wrong", "silent", "first right");
        row(out, "all", cases, any -> true);
        row(out, "confirmed and answerable", cases, item -> item.label().stratum().equals("confirmed, answerable"));
        table(out, "by confidence of the label", cases, item -> item.label().stratum());
        table(out, "by confidence of our first answer", cases, item -> item.first().map(Finding::confidence).map(Confidence::name).orElse("(none)"));
        table(out, "by class", cases, item -> item.label().causeClass());
        long answered = cases.stream().filter(item -> !item.answers().isEmpty()).count();
        long confident = cases.stream().filter(CorpusScore::confidentlyWrong).count();
        out.printf("%nconfident (certain or likely) and wrong in the first place: %d of %d cases, %.1f %%; answered: %d%n", confident, cases.size(),
                100.0 * confident / Math.max(1, cases.size()), answered);
        List<String> harmful = cases.stream().flatMap(item -> item.answers().stream().filter(CorpusScore::harmful)
                .map(finding -> item.name() + " " + finding.label())).toList();
        out.printf("harmful advice (takes protection from the whole host without saying so, or with no narrower way to act before it): %d%s%n",
                harmful.size(), harmful.isEmpty() ? "" : " " + harmful);
    }

    /** Whether a finding's ways out include one that takes protection from the whole host and is not marked so, or has nothing narrower that acts before it. */
    private static boolean harmful(Finding finding) {
        boolean unmarked = finding.fixes().stream().anyMatch(fix -> fix.scope() != Scope.HOST_UNPROTECTED
                && UNPROTECTS.matcher(String.join(" ", fix.commands())).find());
        boolean broad = finding.fixes().stream().anyMatch(fix -> fix.scope() == Scope.HOST_UNPROTECTED);
        boolean narrow = finding.fixes().stream().anyMatch(fix -> fix.scope() != Scope.LOOK && fix.scope() != Scope.HOST_UNPROTECTED);
        return unmarked || broad && !narrow;
    }

    private static boolean confidentlyWrong(CorpusCase item) {
        return item.outcome() != CorpusCase.Outcome.FIRST && item.first().filter(finding -> finding.confidence() != Confidence.POSSIBLE).isPresent();
    }

    private static void table(PrintStream out, String title, List<CorpusCase> cases, Function<CorpusCase, String> key) {
        out.printf("%n%s%n", title);
        Map<String, List<CorpusCase>> groups = new TreeMap<>();
        cases.forEach(item -> groups.computeIfAbsent(key.apply(item), any -> new ArrayList<>()).add(item));
        groups.forEach((name, members) -> row(out, "  " + name, members, any -> true));
    }

    private static void row(PrintStream out, String name, List<CorpusCase> cases, Predicate<CorpusCase> which) {
        Map<CorpusCase.Outcome, Integer> counts = new EnumMap<>(CorpusCase.Outcome.class);
        cases.stream().filter(which).forEach(item -> counts.merge(item.outcome(), 1, Integer::sum));
        int total = counts.values().stream().mapToInt(Integer::intValue).sum();
        int first = counts.getOrDefault(CorpusCase.Outcome.FIRST, 0);
        out.printf("%-34s %5d %5d %5d %5d %6d  %5.1f %%%n", name, total, first, counts.getOrDefault(CorpusCase.Outcome.LATER, 0),
                counts.getOrDefault(CorpusCase.Outcome.WRONG, 0), counts.getOrDefault(CorpusCase.Outcome.SILENT, 0), 100.0 * first / Math.max(1, total));
    }

    private static void list(List<CorpusCase> cases, PrintStream out) {
        out.printf("%nnot right in the first place%n");
        for (CorpusCase item : cases) {
            if (item.outcome() != CorpusCase.Outcome.FIRST) {
                out.printf("%s %s (%s) is %s %s%n     %s%n", item.name(), item.outcome(), item.label().stratum(), item.label().causeClass(),
                        item.label().alsoAcceptable(), item.label().establishedCause());
                item.answers().forEach(answer -> out.printf("     %s [%s] %s: %s%n", answer.confidence(), CorpusCase.causeClass(answer), answer.label(),
                        answer.title()));
            }
        }
    }
}
