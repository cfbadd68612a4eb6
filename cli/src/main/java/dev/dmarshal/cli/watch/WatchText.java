package dev.dmarshal.cli.watch;

import dev.dmarshal.doctor.watch.Notice;
import dev.dmarshal.doctor.watch.Watch;
import dev.dmarshal.doctor.watch.WatchTotals;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a watch says, a line each, for people. */
public final class WatchText implements Consumer<Notice> {

    private final PrintWriter out;

    WatchText(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void accept(Notice notice) {
        out.println(notice.time().map(time -> "[" + time + "] ").orElse("") + words(notice));
        out.flush();
    }

    private static String words(Notice notice) {
        return switch (notice) {
            case Notice.Started started -> (started.round() == 1 ? "NEW " : "AGAIN (" + started.round() + ") ") + started.faults().says();
            case Notice.Changed changed -> "CHANGED (" + switch (changed.how()) {
                case MORE -> "ten times as many";
                case SEVERAL -> "no more just one address";
                case MANY -> "many addresses";
            } + ") " + changed.faults().says() + lower(changed.lower());
            case Notice.Ended ended -> "ENDED (" + switch (ended.why()) {
                case QUIET -> "none for " + Watch.QUIET_NANOS / 1_000_000_000L + " s";
                case BOOT -> "another boot";
                case EVICTED -> "forgotten: more than " + Watch.MOST_PATTERNS + " patterns";
                case WATCH_ENDED -> "the watch ends";
            } + ") " + ended.faults().says() + lower(ended.lower());
            case Notice.Lost lost -> switch (lost.what()) {
                case RATE_LIMIT -> "LEFT OUT " + lost.count() + " fault lines, by the kernel's rate limit";
                case LOG -> "LOST " + lost.count() + " lines or more, by the log itself; some may have been faults";
                case HARDWARE -> "OVERFLOW of fault records, " + lost.count() + " times: the hardware dropped faults, nobody knows how many";
            };
            case Notice.HeldBack held -> "TOO FAST to say all: " + held.started() + " more patterns started, " + held.changed() + " changed, " + held.ended()
                    + " ended, " + held.other() + " other notices";
            case Notice.Summary summary -> summary(summary.totals());
        };
    }

    private static String lower(Notice.LeftOut lower) {
        if (!lower.lowerBound()) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        if (lower.own() > 0) {
            parts.add(lower.own() + " lines left out are most likely of it");
        }
        if (lower.shared() > 0) {
            parts.add(lower.shared() + " lines left out are of it or of others");
        }
        if (lower.losses()) {
            parts.add("others were lost unseen");
        }
        return "; a lower bound: " + String.join(", ", parts);
    }

    private static String summary(WatchTotals totals) {
        StringBuilder text = new StringBuilder("SUMMARY ").append(totals.faults()).append(totals.faults() == 1 ? " fault" : " faults").append(" in ")
                .append(totals.patterns()).append(totals.patterns() == 1 ? " pattern" : " patterns");
        if (totals.rateLimit() > 0) {
            text.append(", ").append(totals.rateLimit()).append(" fault lines left out by the kernel");
        }
        if (totals.logLost() > 0) {
            text.append(", ").append(totals.logLost()).append(" lines lost by the log");
        }
        if (totals.overflows() > 0) {
            text.append(", ").append(totals.overflows()).append(" overflows of fault records");
        }
        if (totals.evicted() > 0) {
            text.append(", ").append(totals.evicted()).append(" patterns forgotten for room");
        }
        if (totals.heldBack() > 0) {
            text.append(", ").append(totals.heldBack()).append(" notices held back");
        }
        return text.toString();
    }
}
