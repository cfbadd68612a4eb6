package dev.dmarshal.bench;

import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Severity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One case of the corpus, diagnosed.
 *
 * @param name    number of the case
 * @param label   what is known of it
 * @param answers what the doctor says that is an answer, in its order
 */
record CorpusCase(String name, Label label, List<Finding> answers) {

    /** How the doctor did. */
    enum Outcome {
        /** The first answer is right. */
        FIRST,
        /** A later one is. */
        LATER,
        /** None is. */
        WRONG,
        /** There is no answer. */
        SILENT
    }

    /** Renders the case with the corpus's own script and has the doctor judge it. */
    static CorpusCase judge(Path corpus, String name) throws IOException, InterruptedException {
        Process render = new ProcessBuilder("python3", corpus.resolve("render.py").toString(), corpus.resolve(name).resolve("case.json").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        render.getOutputStream().close();
        byte[] log = render.getInputStream().readAllBytes();
        if (render.waitFor() != 0) {
            throw new IOException("render.py failed on case " + name);
        }
        Diagnosis diagnosis = Doctor.examine(new Examination().log(name, new ByteArrayInputStream(log)).symptoms());
        List<Finding> answers = diagnosis.findings().stream().filter(CorpusCase::answers).toList();
        return new CorpusCase(name, Label.read(corpus.resolve(name).resolve("label.json")), answers);
    }

    /** Notes are no answers, except those that say that nothing is wrong. */
    private static boolean answers(Finding finding) {
        return finding.severity() != Severity.NOTE || causeClass(finding).equals("benign");
    }

    /** The class of a finding; throws if the table lacks its label. */
    static String causeClass(Finding finding) {
        return CauseClasses.of(finding.label()).orElseThrow(() -> new IllegalStateException("classes.tsv lacks " + finding.label()));
    }

    /** The doctor's first answer. */
    Optional<Finding> first() {
        return answers.stream().findFirst();
    }

    /** How the doctor did. */
    Outcome outcome() {
        if (answers.isEmpty()) {
            return Outcome.SILENT;
        }
        if (label.takes(causeClass(answers.getFirst()))) {
            return Outcome.FIRST;
        }
        return answers.stream().anyMatch(answer -> label.takes(causeClass(answer))) ? Outcome.LATER : Outcome.WRONG;
    }
}
