package dev.dmarshal.passthrough.bind;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.plan.Condition;
import java.util.List;

/**
 * What tells one host from another of the same make, with the same cards at the same places: {@code /etc/machine-id} (machine-id(5)), by its digest,
 * because the
 * id itself is not to be passed around. Captures do not have it; then nothing tells them apart but the devices.
 */
public final class HostPremise {

    private static final String MACHINE_ID = "/etc/machine-id";

    private HostPremise() {
    }

    /** The condition; none where a host has no id yet. */
    public static List<Condition> of(HostRoot host) {
        return host.text(MACHINE_ID).present().filter(text -> !text.isBlank() && !text.strip().equals("uninitialized"))
                .<List<Condition>>map(text -> List.of(new Condition.Digest(MACHINE_ID, Condition.Digest.of(text)))).orElse(List.of());
    }
}
