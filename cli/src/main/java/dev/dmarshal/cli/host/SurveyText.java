package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.cli.page.Screen;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.doctor.assign.Assignability;
import dev.dmarshal.doctor.assign.Assigner;
import dev.dmarshal.doctor.assign.Overall;
import dev.dmarshal.host.Halves;
import dev.dmarshal.host.names.PciNames;
import dev.dmarshal.host.reset.ResetForecast;
import dev.dmarshal.host.survey.Evidenced;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.GroupFacts;
import dev.dmarshal.host.survey.Grouping;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Made;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A survey as a picture: one line a function, hung in the tree, with its group, driver, reset and verdict mark. */
public final class SurveyText {

    private static final int MOST_DEEP = 64;

    private final HostSurvey survey;
    private final Map<Sbdf, Judged> verdicts = new HashMap<>();
    private final Screen screen;
    private final PciNames names;
    private final Map<Integer, String> named = new HashMap<>();
    private final Map<GroupFacts, String> computedNames = new HashMap<>();
    private final Map<Overall, Integer> counts = new EnumMap<>(Overall.class);
    private final SurveyColumns columns;
    private final boolean all;
    private final Map<PciBus, List<PciBus>> virtual = new HashMap<>();

    /**
     * Prepares a picture.
     *
     * @param all whether to give each function a line of its own, rather than one for neighbours of whom there is one thing to say
     */
    SurveyText(HostSurvey survey, Screen screen, PciNames names, boolean all) {
        this.all = all;
        this.survey = survey;
        this.screen = screen;
        this.names = names;
        this.columns = SurveyColumns.of(screen.width());
        if (survey.grouping().source() == Grouping.Source.COMPUTED) {
            survey.grouping().groups().forEach(group -> computedNames.put(group, "~" + computedNames.size()));
        }
    }

    void print(PrintWriter out) {
        judge();
        for (PciBus bus : survey.tree().buses()) {
            if (bus.kind() == PciBus.Kind.VIRTUAL) {
                bus.parent().ifPresent(parent -> virtual.computeIfAbsent(parent, none -> new ArrayList<>()).add(bus));
            }
        }
        new Page(screen.width(), screen.colour()).heading(headline()).paragraph(0, summary()).print(out);
        out.println();
        out.println(screen.in(Screen.DIM, columns.header()));
        PciTree tree = survey.tree();
        for (PciBus bus : tree.buses()) {
            if (bus.kind() == PciBus.Kind.ROOT || bus.kind() == PciBus.Kind.ORPHAN) {
                out.println(screen.in(Screen.BOLD, bus + (bus.kind() == PciBus.Kind.ORPHAN ? " (the bridge above it was not measured)" : "")));
                bus(bus, "", 0, out);
            }
        }
        out.println();
        legend(out);
        out.flush();
    }

    private String headline() {
        return survey.source() + survey.kernel().map(kernel -> ", Linux " + kernel.text()).orElse("") + ": " + survey.functions().size() + " PCI functions in "
                + survey.grouping().groups().size() + (survey.grouping().source() == Grouping.Source.KERNEL ? " IOMMU groups" : " computed groups");
    }

    private String summary() {
        StringBuilder text = new StringBuilder("IOMMU " + state(survey.remapping().translating()) + "; interrupt remapping "
                + state(survey.remapping().interrupts()) + "; DMAR table " + (survey.remapping().dmar().present().isPresent() ? "read"
                : survey.remapping().dmar().trouble().isPresent() ? "not read" : "not there") + ".");
        if (survey.remapping().translating().is(false)) {
            text.append(" No device can be given away until it is on; why it is off: dmarshal check.");
        }
        if (survey.grouping().source() == Grouping.Source.COMPUTED) {
            text.append(" Groups (~) are computed from the topology, as the kernel would make them.");
        }
        survey.notes().stream().limit(3).forEach(note -> text.append(' ').append(note).append(note.endsWith(".") ? "" : "."));
        return text.toString();
    }

    private static String state(Evidenced<Boolean> fact) {
        return fact.value().map(on -> on ? "on" : "off").orElse("not measured");
    }

    private void bus(PciBus bus, String indent, int depth, PrintWriter out) {
        List<SurveyRow> rows = bus.functions().stream().map(PciFunction::address).map(survey::function).flatMap(Optional::stream).map(this::row).toList();
        List<List<SurveyRow>> runs = all ? rows.stream().map(List::of).toList() : SurveyRow.runs(rows);
        for (List<SurveyRow> run : runs) {
            boolean last = run == runs.getLast();
            out.println(line(run, indent + (last ? "└─" : "├─")));
            Optional<PciBus> below = survey.tree().function(run.getFirst().facts().address()).flatMap(survey.tree()::busBelow);
            if (below.isPresent() && depth < MOST_DEEP) {
                bus(below.get(), indent + (last ? "  " : "│ "), depth + 1, out);
            }
        }
        // Virtual functions may be on buses that exist by their numbers alone; they hang beside their parent's bus.
        for (PciBus other : virtual.getOrDefault(bus, List.of())) {
            if (depth < MOST_DEEP) {
                bus(other, indent, depth + 1, out);
            }
        }
    }

    private SurveyRow row(FunctionFacts facts) {
        Judged judged = verdicts.get(facts.address());
        counts.merge(judged.overall, 1, Integer::sum);
        String group = survey.groupOf(facts.address()).map(found -> found.number().isPresent() ? String.valueOf(found.number().getAsInt())
                : computedNames.get(found)).orElse("-");
        String driver = facts.binding().measured() ? facts.binding().driver().orElse("-") : "?";
        boolean leaf = survey.tree().function(facts.address()).flatMap(survey.tree()::busBelow).isEmpty();
        return new SurveyRow(facts, leaf, judged.overall, name(facts.made()), group, driver, judged.reset, judged.why);
    }

    /** What the picture shows of a verdict. */
    private record Judged(FunctionFacts facts, Overall overall, String reset, String why) {

        static Judged by(Assigner assigner, FunctionFacts facts) {
            Assignability verdict = assigner.judge(facts);
            return new Judged(facts, verdict.overall(), verdict.overall() == Overall.NEVER ? "" : SurveyText.reset(assigner.resets(facts)),
                    SurveyWords.why(verdict));
        }
    }

    /** Judging takes longer than anything else here, and each verdict stands alone. */
    private void judge() {
        List<Judged> all = Halves.map(List.copyOf(survey.functions()), () -> {
            Assigner assigner = Assigner.forKvm(survey);
            return facts -> Judged.by(assigner, facts);
        });
        all.forEach(judged -> verdicts.put(judged.facts.address(), judged));
    }

    private String line(List<SurveyRow> run, String tree) {
        SurveyRow row = run.getFirst();
        String many = run.size() > 1 ? run.size() + " × " : "";
        String names = SurveyRow.names(run);
        String what = tree + SurveyRow.places(run) + " " + many + ClassWord.of(row.facts().made().classCode()) + (names.isEmpty() ? "" : " " + names);
        return screen.in(colour(row.overall()), mark(row.overall())) + " "
                + columns.line(what, SurveyRow.groups(run), row.driver(), row.reset(), row.why());
    }

    /** The device's name without its maker's, which the class and the name mostly tell; ids where there is no list of names. */
    private String name(Made made) {
        return made.vendor().isPresent() && made.device().isPresent() ? named.computeIfAbsent(made.vendor().getAsInt() << 16
                | made.device().getAsInt(), ids -> names.device(made.vendor().getAsInt(), made.device().getAsInt()).or(made::ids).orElse("")) : "";
    }

    private static String mark(Overall overall) {
        return switch (overall) {
            case ASSIGNABLE -> "✓";
            case AT_A_COST -> "!";
            case UNMEASURED -> "?";
            case REFUSED -> "✗";
            case NEVER -> "·";
        };
    }

    private static String colour(Overall overall) {
        return switch (overall) {
            case ASSIGNABLE -> Screen.GREEN;
            case AT_A_COST, UNMEASURED -> Screen.YELLOW;
            case REFUSED -> Screen.RED;
            case NEVER -> Screen.DIM;
        };
    }

    /** The method that would be used; with a question mark where one that the kernel prefers was not measured. Only a rare {@code _RST} may be left. */
    private static String reset(ResetForecast forecast) {
        return forecast.first().map(step -> step.method().word() + (forecast.certain() ? "" : "?"))
                .orElse(forecast.none() ? "none" : forecast.certain() ? "none?" : "?");
    }

    private void legend(PrintWriter out) {
        Page page = new Page(screen.width(), screen.colour());
        page.paragraph(0, "✓ assignable " + counts.getOrDefault(Overall.ASSIGNABLE, 0) + ", ! at a cost " + counts.getOrDefault(Overall.AT_A_COST, 0)
                + ", ? not measured " + counts.getOrDefault(Overall.UNMEASURED, 0) + ", ✗ refused " + counts.getOrDefault(Overall.REFUSED, 0)
                + ", · bridges " + counts.getOrDefault(Overall.NEVER, 0) + ". All reasons: dmarshal assignable DEVICE.").print(out);
    }
}
