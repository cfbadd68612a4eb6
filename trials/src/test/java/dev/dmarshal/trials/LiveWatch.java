package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.machine.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** {@code dmarshal watch} at work within a machine: what it says while faults happen, and what it serves as metrics. */
final class LiveWatch {

    private static final Duration LONG = Duration.ofSeconds(240);

    private final Machine machine;

    private LiveWatch(Machine machine) {
        this.machine = machine;
    }

    /** Starts it and waits until it serves. @param options of watch, such as {@code --xen}, or none */
    static LiveWatch start(Machine machine, String options) throws LabFailure, IOException {
        machine.must("""
                setsid /opt/dmarshal/bin/dmarshal watch %s --json --metrics 9469 >/tmp/watch.json 2>/tmp/watch.err </dev/null & echo $! >/tmp/watch.pid
                n=0; until grep -q 'metrics at' /tmp/watch.err || [ $n -gt 200 ]; do sleep 0.5; n=$((n+1)); done
                cat /tmp/watch.err
                """.formatted(options), LONG);
        return new LiveWatch(machine);
    }

    /** Waits until its metrics tell of so many faults, then ends it as systemd does; gives what it said, a JSON object a line. */
    List<String> end(int faults) throws LabFailure, IOException {
        String metrics = machine.must("""
                get() { /run/lab/busybox wget -qO- http://127.0.0.1:9469/metrics || wget -qO- http://127.0.0.1:9469/metrics; }
                n=0; until get | grep -q '^dmarshal_faults_total %d$' || [ $n -gt 60 ]; do sleep 0.5; n=$((n+1)); done
                get""".formatted(faults), LONG);
        assertThat(metrics).contains("dmarshal_faults_total " + faults + "\n");
        machine.must("kill -TERM $(cat /tmp/watch.pid); n=0; while [ -e /proc/$(cat /tmp/watch.pid) ] && [ $n -lt 60 ]; do sleep 0.5; n=$((n+1)); done", LONG);
        List<String> events = machine.must("cat /tmp/watch.json", LONG).lines().filter(text -> text.startsWith("{")).toList();
        assertThat(events.getLast()).contains("\"event\":\"summary\"");
        return events;
    }
}
