package dev.dmarshal.doctor.policy;

import dev.dmarshal.host.params.BuildOptions;
import dev.dmarshal.host.params.InForce;
import dev.dmarshal.host.params.Setting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a running kernel's behaviour says of options of its build that are not known otherwise: where no parameter decided, the build did. */
final class BuildGuess {

    private BuildGuess() {
    }

    /**
     * The facts with what follows of the build. {@code translating} is whether the host makes groups, if that is known; {@code notes} takes what was concluded.
     */
    static KernelFacts complete(KernelFacts facts, Optional<Boolean> translating, List<String> notes) {
        Map<String, String> values = new HashMap<>(facts.build().values());
        InForce asked = facts.inForce();
        translating.filter(known -> open(asked.dmaRemapping())).ifPresent(on -> conclude(values, "CONFIG_INTEL_IOMMU_DEFAULT_ON", on, notes,
                "the host " + (on ? "translates" : "does not translate") + " and its command line does not say so"));
        boolean identity = facts.types().containsValue(DomainType.IDENTITY);
        boolean lazy = facts.types().containsValue(DomainType.DMA_FQ);
        boolean strict = facts.types().containsValue(DomainType.DMA);
        if (open(asked.identityByDefault()) && (identity || lazy || strict)) {
            conclude(values, "CONFIG_IOMMU_DEFAULT_PASSTHROUGH", identity && !lazy && !strict, notes, "so the groups' types show");
        }
        if (open(asked.strictInvalidation()) && (lazy || strict) && facts.atLeast(5, 15)) {
            conclude(values, "CONFIG_IOMMU_DEFAULT_DMA_STRICT", !lazy, notes, "so the groups' types show");
        }
        return facts.with(new BuildOptions(values));
    }

    private static boolean open(Setting setting) {
        return setting.state() == Setting.State.UNKNOWN && setting.token().isEmpty();
    }

    private static void conclude(Map<String, String> values, String option, boolean set, List<String> notes, String because) {
        if (values.putIfAbsent(option, set ? "y" : "n") == null) {
            notes.add("the build is taken to have " + option + (set ? " set: " : " not set: ") + because);
        }
    }
}
