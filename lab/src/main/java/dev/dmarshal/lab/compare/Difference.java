package dev.dmarshal.lab.compare;

/**
 * One field on which two engines do not agree.
 *
 * @param step  index of the step in the scenario
 * @param field what differs, such as {@code faults.record.reason} or {@code GSTS.TES}
 * @param qemu  what QEMU says
 * @param other what the other engine says
 */
public record Difference(int step, String field, String qemu, String other) {

    @Override
    public String toString() {
        return "step " + step + " " + field + ": QEMU " + qemu + ", other " + other;
    }
}
