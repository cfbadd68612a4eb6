package dev.dmarshal.host.boot;

import dev.dmarshal.host.params.BuildOptions;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.ParameterReview;
import dev.dmarshal.host.params.Token;
import dev.dmarshal.host.params.TokenReview;
import dev.dmarshal.host.params.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares what is configured, what the loader will hand over, and what is in force. Only parameters that bear on passthrough count. */
public final class BootReview {

    /** Written by loaders and tools, for each entry anew. */
    private static final Set<String> LOADERS_OWN = Set.of("BOOT_IMAGE", "initrd", "root", "ro", "rw");

    private BootReview() {
    }

    /** What is not as it is probably meant. */
    public static List<BootFinding> of(BootSetup setup) {
        List<BootFinding> findings = new ArrayList<>();
        setup.loader().ifPresent(loader -> {
            wrongFile(setup, loader, findings);
            notRegenerated(setup, loader, findings);
        });
        pending(setup, findings);
        if (!setup.conflicts().isEmpty()) {
            findings.add(new BootFinding("two-menus", "GRUB has more than one menu, and they differ: " + setup.afterReboot().map(BootLine::path).orElse("?")
                    + " and "
                    + String.join(", ", setup.conflicts()),
                            "Which one is read depends on how the firmware starts GRUB, so an edit may end in the one that is not.",
                    "Write both anew, or find the one in use: its first lines appear as text when you press e in GRUB's menu."));
        }
        return findings;
    }

    /** The words of a line that bear on passthrough, as they are written. */
    public static List<String> bearing(CommandLine line) {
        return ParameterReview.ofUnknownVersion(line, BuildOptions.UNKNOWN).tokens().stream().filter(BootReview::bears).map(TokenReview::token)
                .filter(token -> !LOADERS_OWN.contains(token.name())).map(Token::raw).distinct().toList();
    }

    private static boolean bears(TokenReview token) {
        return token.parts().stream().anyMatch(part -> !(part.verdict() instanceof Verdict.NotAboutPassthrough));
    }

    private static List<String> missing(CommandLine wanted, CommandLine from) {
        List<String> there = from.tokens().stream().map(Token::raw).toList();
        return bearing(wanted).stream().filter(word -> !there.contains(word)).toList();
    }

    private static void wrongFile(BootSetup setup, BootLoader loader, List<BootFinding> findings) {
        for (BootLine other : setup.others()) {
            List<String> lost = bearing(other.linux()).stream().filter(word -> setup.configured()
                    .map(line -> !missing(single(line, word), line.linux()).isEmpty())
                    .orElse(true)).filter(word -> !holds(setup.afterReboot().map(BootLine::linux), word) && !holds(setup.inForce(), word)).toList();
            if (!lost.isEmpty()) {
                findings.add(new BootFinding("wrong-file", other.path() + " has " + String.join(" ", lost)
                        + ", and nothing reads it: this machine boots through "
                        + loader.words(), "The file of another boot loader was edited. What it says takes no effect, now or after a reboot.",
                        "Put it into " + loader.edited() + ", then: " + loader.step()));
            }
        }
    }

    private static CommandLine single(BootLine like, String word) {
        return CommandLine.parse(like.linux().platform(), word);
    }

    private static boolean holds(Optional<CommandLine> line, String word) {
        return line.filter(there -> there.tokens().stream().anyMatch(token -> token.raw().equals(word))).isPresent();
    }

    private static void notRegenerated(BootSetup setup, BootLoader loader, List<BootFinding> findings) {
        if (setup.configured().isEmpty() || setup.afterReboot().isEmpty()) {
            if (setup.configured().isPresent() && setup.inForce().isPresent()) {
                List<String> lacking = missing(setup.configured().get().linux(), setup.inForce().get());
                if (!lacking.isEmpty()) {
                    findings.add(new BootFinding("not-in-force", String.join(" ", lacking) + " stands in " + setup.configured().get().path()
                            + " and is not in force",
                            "Either the step that hands it to the boot loader is missing, or the reboot.", "Run " + loader.step() + ", then reboot."));
                }
            }
            return;
        }
        BootLine configured = setup.configured().get();
        BootLine after = setup.afterReboot().get();
        differ(loader, configured, configured.linux(), after, after.linux(), findings);
        if (configured.xen().isPresent() && after.xen().isPresent()) {
            differ(loader, configured, configured.xen().get(), after, after.xen().get(), findings);
        }
    }

    private static void differ(BootLoader loader, BootLine configured, CommandLine wanted, BootLine after, CommandLine there, List<BootFinding> findings) {
        List<String> lacking = missing(wanted, there);
        List<String> extra = missing(there, wanted);
        if (!lacking.isEmpty()) {
            findings.add(new BootFinding("not-regenerated", String.join(" ", lacking) + " stands in " + configured.path() + " but not in what "
                    + loader.words() + " will hand over (" + after.path() + ")",
                    "The file was edited and the step that follows was not done, so a reboot changes nothing.",
                    "Run " + loader.step() + "."));
        }
        if (!extra.isEmpty()) {
            boolean entries = loader == BootLoader.GRUB_ENTRIES;
            findings.add(new BootFinding(entries ? "entries-differ" : "left-over", after.path() + " hands over " + String.join(" ", extra)
                    + ", which is not in "
                    + configured.path(), entries ? "Here the entries are edited themselves (grubby); kernels that are installed later may not get it."
                    : "It was taken out of the configuration, or another tool put it into the menu; writing the menu anew would drop it.",
                    "If it is to stay, put it into " + configured.path() + " too; if not, run " + loader.step() + "."));
        }
    }

    private static void pending(BootSetup setup, List<BootFinding> findings) {
        if (setup.inForce().isEmpty() || setup.afterReboot().isEmpty()) {
            return;
        }
        CommandLine now = setup.inForce().get();
        CommandLine then = setup.afterReboot().get().linux();
        List<String> coming = missing(then, now);
        List<String> going = missing(now, then);
        if (!coming.isEmpty() || !going.isEmpty()) {
            String what = (coming.isEmpty() ? "" : "comes: " + String.join(" ", coming)) + (coming.isEmpty() || going.isEmpty() ? "" : "; ")
                    + (going.isEmpty() ? "" : "goes: " + String.join(" ", going));
            findings.add(new BootFinding("reboot-changes", "The next boot changes the command line: " + what, going.isEmpty()
                    ? "What was added takes effect only then."
                    : "What goes was perhaps given by hand for this one boot, or another entry was chosen.", coming.isEmpty() ? "" : "Reboot."));
        }
    }
}
