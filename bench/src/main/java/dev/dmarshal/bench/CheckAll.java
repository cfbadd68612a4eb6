package dev.dmarshal.bench;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.iommu.Answer;
import dev.dmarshal.host.iommu.HostCheck;
import dev.dmarshal.host.iommu.IommuStanding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Asks every boot log of a folder whether its machine's IOMMU is on. The collection says in each file's name what was seen in it ({@code -vtd}, {@code
 * -vtd-broken}, {@code -amdvi}, {@code -dmar-unused}), and the kernel's sentence on success is in the log or is not; counts the answers for each, and lists
 * those that contradict name or sentence.
 */
public final class CheckAll {

    /** Linux drivers/iommu/intel/iommu.c intel_iommu_init, in all versions. */
    private static final String SUCCESS = "Intel(R) Virtualization Technology for Directed I/O";
    /** Linux drivers/iommu/iommu.c, where the log lacks the sentence. */
    private static final String GROUP = "Adding to iommu group";

    private CheckAll() {
    }

    /** Takes the folder; ends with 1 on a crash or a contradiction. */
    public static void main(String[] arguments) throws IOException {
        Map<String, Integer> answers = new TreeMap<>();
        int wrong = 0;
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String label = label(file.getFileName().toString());
                try {
                    IommuStanding standing = IommuStanding.of(HostRoot.open(file).present().orElseThrow());
                    String reason = standing.reason().map(HostCheck::label).orElse("-");
                    if (reason.equals("-") && standing.remapping().answer() != Answer.PASS) {
                        System.out.println("  " + file.getFileName() + ": why is not known");
                    }
                    answers.merge(label + ": remapping " + standing.remapping().answer() + ", interrupts " + standing.interrupts().answer() + ", because of "
                            + reason, 1, Integer::sum);
                    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                    if (contradicts(label, text.contains(SUCCESS) || text.contains(GROUP), standing.remapping().answer())) {
                        wrong++;
                        System.out.println("  " + file.getFileName() + ": " + standing.remapping() + "; " + reason);
                    }
                } catch (RuntimeException e) {
                    wrong++;
                    System.out.println("  " + file.getFileName() + ": CRASH " + e);
                }
            }
        }
        answers.forEach((answer, count) -> System.out.println(count + "\t" + answer));
        System.out.println(wrong + " crashes and contradictions");
        System.exit(wrong == 0 ? 0 : 1);
    }

    private static String label(String name) {
        return Stream.of("-vtd-broken", "-dmar-unused", "-vtd", "-amdvi").filter(name::contains).findFirst().orElse("other");
    }

    /** A table that is there ({@code -vtd}) does not make a unit that is in force; the sentence does. */
    private static boolean contradicts(String label, boolean success, Answer answer) {
        return switch (label) {
            case "-vtd", "-vtd-broken" -> success ? answer != Answer.PASS : answer == Answer.PASS;
            case "-amdvi" -> answer == Answer.FAIL;
            case "-dmar-unused" -> answer == Answer.PASS;
            default -> false;
        };
    }
}
