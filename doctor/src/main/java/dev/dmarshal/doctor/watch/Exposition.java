package dev.dmarshal.doctor.watch;

import dev.dmarshal.doctor.symptom.FaultGroup;
import java.util.List;
import java.util.Locale;

/**
 * What a watch saw, in Prometheus' text format (version 0.0.4). The number of series is bounded by {@link Watch#MOST_PATTERNS}; a pattern that was forgotten
 * has no series any more, and the sum over all of them is {@code dmarshal_faults_total}.
 */
public final class Exposition {

    /** The format's media type. */
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();

    private Exposition() {
    }

    /** All metrics as of now. */
    public static String of(Watch watch) {
        Exposition exposition = new Exposition();
        WatchTotals totals = watch.totals();
        exposition.one("dmarshal_faults_total", "counter", "Faults read; a lower bound where lines were left out.", totals.faults());
        exposition.one("dmarshal_fault_patterns_started_total", "counter", "Patterns of faults that started.", totals.patterns());
        exposition.one("dmarshal_fault_patterns_active", "gauge", "Patterns of faults that go on.", totals.active());
        exposition.one("dmarshal_fault_lines_suppressed_total", "counter", "Fault lines that the kernel left out by its rate limit.", totals.rateLimit());
        exposition.one("dmarshal_log_lines_lost_total", "counter", "Lines that the log lost.", totals.logLost());
        exposition.one("dmarshal_fault_overflows_total", "counter", "Times that a unit had no free fault record.", totals.overflows());
        exposition.one("dmarshal_fault_patterns_evicted_total", "counter", "Patterns forgotten because there were too many.", totals.evicted());
        exposition.patterns(watch.remembered());
        return exposition.text.toString();
    }

    private void one(String name, String type, String help, long value) {
        head(name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void patterns(List<Watch.Remembered> all) {
        head("dmarshal_pattern_faults_total", "counter", "Faults of one pattern.");
        all.forEach(one -> series("dmarshal_pattern_faults_total", one.faults(), one.count()));
        head("dmarshal_pattern_active", "gauge", "Whether a pattern goes on.");
        all.forEach(one -> series("dmarshal_pattern_active", one.faults(), one.active() ? 1 : 0));
    }

    private void series(String name, FaultGroup faults, long value) {
        text.append(name).append('{');
        label("dialect", faults.dialect().name().toLowerCase(Locale.ROOT), true);
        label("kind", faults.kind().name().toLowerCase(Locale.ROOT), false);
        label("device", faults.device().map(Object::toString).or(faults.first()::oddSource).orElse(""), false);
        label("segment_said", Boolean.toString(faults.first().segment().isPresent()), false);
        label("access", faults.access().name().toLowerCase(Locale.ROOT), false);
        label("reason", faults.first().reason().isPresent() ? Integer.toHexString(faults.first().reason().getAsInt()) : "", false);
        label("event", faults.first().amdEvent().orElse(""), false);
        label("pasid_said", Boolean.toString(faults.first().pasid().isPresent()), false);
        text.append("} ").append(value).append('\n');
    }

    /** What a log says is not to be trusted with the form of the metrics. */
    private void label(String name, String value, boolean first) {
        text.append(first ? "" : ",").append(name).append("=\"");
        for (char c : value.toCharArray()) {
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
        text.append('"');
    }
}
