package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what happened in a run, by kind: shows whether the scenarios reach what they are meant to reach. */
public final class Tally {

    private final Map<String, Integer> counts = new TreeMap<>();
    private int probes;

    /** An empty tally. */
    public Tally() {
    }

    /** Counts what one engine saw in a scenario. */
    public void add(Scenario scenario, List<Observation> observed) {
        probes += scenario.probes();
        for (Observation observation : observed) {
            switch (observation) {
                case Observation.Value value -> count("value");
                case Observation.Dma dma -> {
                    count("read", dma.read());
                    count("write", dma.write());
                    count(((Step.Probe) scenario.steps().get(dma.step())).stale() ? "stale dma" : "fresh dma");
                    count(dma.faults().overflow() ? "fault overflow" : "no fault overflow");
                    dma.faults().record().ifPresent(record -> count("record %02x type %d".formatted(record.reason(), record.type())));
                }
                case Observation.Copied copied -> {
                    count("copy read", copied.read());
                    count("copy write", copied.write());
                    count(copied.carried().isPresent() ? "copy carried" : "copy carried nothing");
                }
                case Observation.Signal signal -> {
                    count("interrupt " + signal.outcome().getClass().getSimpleName());
                    signal.faults().record().filter(record -> record.reason() >>> 4 == 2).ifPresent(record -> count("record %02x".formatted(record.reason())));
                }
            }
        }
    }

    /** How many DMA and interrupt requests were made. */
    public int probes() {
        return probes;
    }

    /** How often each kind was seen. */
    public Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((what, times) -> text.append("%8d %s%n".formatted(times, what)));
        return text.toString();
    }

    private void count(String direction, Transfer transfer) {
        switch (transfer) {
            case Transfer.NotTried none -> {
            }
            case Transfer.Blocked blocked -> count("%s blocked %02x".formatted(direction, blocked.reason()));
            case Transfer.BlockedQuietly quiet -> count(direction + " blocked quietly");
            case Transfer.Reached reached -> count(direction + " reached");
            case Transfer.Unseen unseen -> count(direction + " unseen");
        }
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
