package dev.dmarshal.bench;

import dev.dmarshal.doctor.assign.Assigner;
import dev.dmarshal.doctor.assign.Overall;
import dev.dmarshal.doctor.assign.XenFacts;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.survey.Drift;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Surveys every machine in some folders and judges each function for KVM and for Xen; a crash is a failure, and so is drift of a machine against itself. */
public final class SurveyAll {

    private static int machines;
    private static int crashes;

    private SurveyAll() {
    }

    /** Takes folders whose entries are machines. */
    public static void main(String[] folders) throws IOException {
        Map<Overall, Integer> totals = new EnumMap<>(Overall.class);
        for (String folder : folders) {
            try (Stream<Path> entries = Files.list(Path.of(folder))) {
                for (Path entry : entries.sorted().toList()) {
                    survey(entry, totals);
                }
            }
        }
        System.out.println(machines + " machines with PCI functions, " + crashes + " crashes; verdicts " + totals);
        // A folder without machines shows nothing; it is no success.
        System.exit(crashes > 0 ? 1 : machines == 0 ? 2 : 0);
    }

    private static void survey(Path entry, Map<Overall, Integer> totals) {
        try {
            Reading<HostRoot> opened = HostRoot.open(entry);
            if (opened.present().isEmpty()) {
                System.out.println(entry.getFileName() + ": not opened: " + opened.trouble().orElse("not there"));
                return;
            }
            HostSurvey survey = Surveyor.survey(opened.present().get(), Optional.empty());
            if (survey.functions().isEmpty()) {
                return;
            }
            machines++;
            Map<Overall, Integer> counts = new EnumMap<>(Overall.class);
            Assigner kvm = Assigner.forKvm(survey);
            Assigner xen = Assigner.forXen(survey, XenFacts.of(opened.present().get()));
            List<String> slips = new ArrayList<>();
            for (FunctionFacts facts : survey.functions()) {
                counts.merge(kvm.judge(facts).overall(), 1, Integer::sum);
                if (xen.judge(facts).reasons().isEmpty()) {
                    slips.add("no reasons for " + facts.address());
                }
            }
            if (!Drift.between(survey, survey).isEmpty()) {
                slips.add("drifts from itself: " + Drift.between(survey, survey).getFirst());
            }
            counts.forEach((overall, count) -> totals.merge(overall, count, Integer::sum));
            crashes += slips.isEmpty() ? 0 : 1;
            System.out.println(entry.getFileName() + ": " + survey.functions().size() + " functions, " + survey.grouping().groups().size() + " groups, " + counts
                    + (slips.isEmpty() ? "" : " " + slips));
        } catch (RuntimeException e) {
            crashes++;
            System.out.println(entry.getFileName() + ": CRASH");
            e.printStackTrace(System.out);
        }
    }
}
