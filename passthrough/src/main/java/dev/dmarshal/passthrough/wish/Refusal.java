package dev.dmarshal.passthrough.wish;

import dev.dmarshal.host.holders.HolderKind;
import dev.dmarshal.host.holders.Stake;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A reason against a wish.
 *
 * @param label    stable, names the reason and the function: {@code default-route:0000:00:19.0}
 * @param reason   who holds what, through which member of the group
 * @param way      what to do instead, or what would lift it
 * @param forcible whether {@code --force=LABEL} lifts it
 */
public record Refusal(String label, String reason, String way, boolean forcible) {

    /** The first words of labels that {@code --force} lifts; the function's address follows each. */
    public static List<String> forcibleWords() {
        List<String> words = new ArrayList<>(Arrays.stream(HolderKind.values()).filter(kind -> kind.stake() != Stake.NOTICE).map(HolderKind::word).toList());
        words.addAll(List.of("unseen", "unseen-processes", "unmeasured-iommu", "unmeasured-unit", "unmeasured-interrupts", "unmeasured-rmrr",
                "unmeasured-kind", "unmeasured-group", "unmeasured-regions", "unmeasured-reset", "unmeasured-assigned", "regions", "reset", "width", "answers",
                "virtual-functions", "parameter", "managed-override", "xenstored", "pciback", "entry"));
        return words;
    }

    /** The first words of labels that nothing lifts: there is nothing to give, consent is missing, or the kernel itself would refuse. */
    public static List<String> finalWords() {
        return List.of("no-device", "bridge", "kind", "group", "no-group", "iommu", "unit", "interrupts", "rmrr", "group-type", "boot-loader", "initramfs",
                "no-override", "in-guest", "assigned", "no-slot", "config", "toolstack");
    }
}
